import type { AvailableEngine } from './engines/engine.js';
import { EngineStartError } from './errors.js';
import { reservePort } from './freePort.js';
import { startKeeper } from './keeper.js';
import { waitUntilAnswering } from './waitUntilAnswering.js';

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

/** Resolves with the engine, or with its last words where it ended instead of starting. */
const tryToStart = async (
  engine: AvailableEngine,
  timeoutMs: number,
): Promise<StartedEngine | { lastWords: string }> => {
  const { port, release } = await reservePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const keeper = startKeeper(engine, port);

  const giveUp = new AbortController();
  const timeout = setTimeout(() => giveUp.abort(), timeoutMs);
  void keeper.ended.then(() => giveUp.abort());
  try {
    await waitUntilAnswering(new URL(endpoint), giveUp.signal);
  } catch {
    if (!keeper.hasEnded()) {
      await keeper.end();
      throw new EngineStartError(engine.name, `did not answer within ${timeoutMs / 1000} seconds`, keeper.lastWords());
    }
  } finally {
    clearTimeout(timeout);
    await release();
  }
  // Also where somebody else answered, on the port that the engine did not get.
  if (keeper.hasEnded()) return { lastWords: keeper.lastWords() };
  keeper.unref();

  return { endpoint, stop: keeper.end };
};

/** Starts the engine on a free port and waits until it answers. */
export const startEngine = async (engine: AvailableEngine, timeoutMs = START_TIMEOUT_MS): Promise<StartedEngine> => {
  for (let attempt = 1; ; attempt++) {
    const started = await tryToStart(engine, timeoutMs);
    if ('endpoint' in started) return started;
    if (attempt === START_ATTEMPTS) {
      throw new EngineStartError(engine.name, 'ended instead of starting', started.lastWords);
    }
  }
};
