import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';

import { localClientConfig } from './clientConfig.js';
import { waitUntilAnswering } from './endpoint.js';
import type { AvailableEngine } from './engines.js';
import { EngineStartError } from './errors.js';
import { reservePort } from './freePort.js';
import { startSupervisor } from './supervisor.js';

/** Java takes about a second, and many on a machine that is busy. */
const START_TIMEOUT_MS = 60_000;

/** A stranger can take the port just before the engine listens on it. */
const START_ATTEMPTS = 3;

/** An engine that answers at its endpoint. */
export interface StartedEngine {
  endpoint: string;
  /** Ends the engine; resolves once its process is gone. */
  stop: () => Promise<void>;
}

/** An engine may answer before it can do anything: DynamoDB Local does so if there is no room for its temporary files. */
const listTables = async (endpoint: string, abortSignal: AbortSignal): Promise<void> => {
  const client = new DynamoDBClient({ ...localClientConfig(endpoint), maxAttempts: 1 });
  try {
    await client.send(new ListTablesCommand({}), { abortSignal });
  } finally {
    client.destroy();
  }
};

/** Resolves with the engine, or with what it wrote if it ended instead of starting. */
const tryToStart = async (engine: AvailableEngine, timeoutMs: number): Promise<StartedEngine | { output: string }> => {
  const { port, release } = await reservePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const supervisor = startSupervisor(engine, port);

  const giveUp = new AbortController();
  const timeout = setTimeout(() => giveUp.abort(), timeoutMs);
  void supervisor.ended.then(() => giveUp.abort());
  const fail = async (whatHappened: string, cause: unknown): Promise<never> => {
    await supervisor.end();
    throw new EngineStartError(engine.name, whatHappened, supervisor.output(), { cause });
  };
  try {
    await waitUntilAnswering(new URL(endpoint), giveUp.signal);
    await listTables(endpoint, giveUp.signal);
  } catch (error) {
    if (!supervisor.hasEnded()) {
      const isLate = giveUp.signal.aborted;
      await fail(isLate ? `did not answer within ${timeoutMs / 1000} seconds` : 'cannot list its tables', error);
    }
  } finally {
    clearTimeout(timeout);
    await release();
  }
  // Also if somebody else answered, on the port that the engine did not get.
  if (supervisor.hasEnded()) return { output: supervisor.output() };
  supervisor.unref();

  return { endpoint, stop: supervisor.end };
};

/** Starts the engine on a free port and waits until it answers. */
export const startEngine = async (engine: AvailableEngine, timeoutMs = START_TIMEOUT_MS): Promise<StartedEngine> => {
  for (let attempt = 1; ; attempt++) {
    const started = await tryToStart(engine, timeoutMs);
    if ('endpoint' in started) return started;
    if (attempt === START_ATTEMPTS) {
      throw new EngineStartError(engine.name, 'ended instead of starting', started.output);
    }
  }
};
