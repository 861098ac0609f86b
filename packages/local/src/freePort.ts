import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** Below the ranges that operating systems take the ports of outgoing connections from. */
const FIRST_PORT = 12_000;
const LAST_PORT = 32_000;

/** A port that nothing listens on, and that no other caller, in any process, is given before `release`. */
export interface ReservedPort {
  port: number;
  release: () => void;
}

const listen = (port: number, host?: string): Promise<Server | undefined> =>
  new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, exclusive: true, ...(host !== undefined && { host }) }, () => resolve(server));
  });

const close = (server: Server): Promise<void> => new Promise(resolve => server.close(() => resolve()));

/** A server on every address may coexist with one on the loopback address, so both are tried. */
const isFree = async (port: number): Promise<boolean> => {
  for (const host of [undefined, '127.0.0.1']) {
    const server = await listen(port, host);
    if (server === undefined) return false;
    await close(server);
  }

  return true;
};

/**
 * Finds a free port for an engine.
 *
 * A port that was found free can be taken by somebody else before the engine listens on it. So the even port is for
 * the engine, and the odd one after it is held as a lock meanwhile; the operating system frees it however we end.
 */
export const reservePort = async (): Promise<ReservedPort> => {
  for (;;) {
    const port = 2 * randomInt(FIRST_PORT / 2, LAST_PORT / 2);
    const lock = await listen(port + 1, '127.0.0.1');
    if (lock === undefined) continue;
    if (await isFree(port)) return { port, release: () => lock.close() };
    await close(lock);
  }
};
