import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Below the ranges that operating systems take the ports of outgoing connections from. */
const FIRST_PORT = 12_000;
const LAST_PORT = 32_000;

const ATTEMPTS = 100;

/** A port that nothing listens on, and that no other caller, in any process, is given before `release`. */
export interface ReservedPort {
  port: number;
  release: () => Promise<void>;
}

const listen = async (port: number, host?: string): Promise<Server> => {
  const server = createServer();
  server.listen({ port, exclusive: true, ...(host !== undefined && { host }) });
  await once(server, 'listening');

  return server;
};

const close = (server: Server): Promise<void> => new Promise(resolve => server.close(() => resolve()));

/** Somebody may listen on every address, or on the loopback address alone; some systems let both do so. */
const expectFree = async (port: number): Promise<void> => {
  await close(await listen(port));
  await close(await listen(port, '127.0.0.1'));
};

/**
 * Finds a free port for an engine.
 *
 * Somebody else may take a free port before the engine listens on it. So that it is at least none of us, the even port
 * is the engine's, and the odd one after it is held as a lock meanwhile: the operating system frees it however we end.
 */
export const reservePort = async (): Promise<ReservedPort> => {
  let lastError: unknown;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const port = 2 * randomInt(FIRST_PORT / 2, LAST_PORT / 2);
    let lock: Server | undefined;
    try {
      const held = (lock = await listen(port + 1, '127.0.0.1'));
      await expectFree(port);

      return { port, release: () => close(held) };
    } catch (error) {
      lastError = error;
      if (lock !== undefined) await close(lock);
    }
  }
  throw lastError;
};
