import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

import type { AvailableEngine } from './engines/engine.js';
import { EngineStartError } from './errors.js';
import { reservePort } from './freePort.js';
import { keepEngineFile } from './here.cjs';
import { waitUntilAnswering } from './waitUntilAnswering.js';

/** Java on a busy machine takes seconds. */
const START_TIMEOUT_MS = 60_000;

/** A port can be taken by a stranger just before the engine listens on it. */
const START_ATTEMPTS = 3;

/** How much of an engine's standard error is kept for the error of a failed start, in characters. */
const KEPT_OUTPUT = 4_000;

export interface EngineProcess {
  endpoint: string;
  /** Ends the engine; resolves once its process is gone. */
  stop: () => Promise<void>;
}

/** Starts the program that starts the engine and ends it when this process is gone. */
const spawnKeeper = ({ launch, environment }: AvailableEngine, port: number): ChildProcess => {
  // Options for this process, such as `--inspect-brk`, are not meant for that one.
  const { NODE_OPTIONS: _, ...inherited } = process.env;

  return spawn(process.execPath, [keepEngineFile, JSON.stringify(launch(port))], {
    env: { ...inherited, ...environment },
    stdio: ['pipe', 'ignore', 'pipe'],
    // Ctrl-C in a terminal goes to every process of the group; the engine stays for as long as this process does.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
};

/** Neither the engine nor the pipes to it keep this process alive. */
const unrefKeeper = (keeper: ChildProcess): void => {
  keeper.unref();
  for (const pipe of [keeper.stdin, keeper.stderr]) {
    if (pipe !== null && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
  }
};

const startOnce = async (engine: AvailableEngine): Promise<EngineProcess> => {
  const { port, release } = await reservePort();
  const keeper = spawnKeeper(engine, port);
  const gone = once(keeper, 'close');
  let output = '';
  keeper.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-KEPT_OUTPUT);
  });
  const stop = async (): Promise<void> => {
    keeper.ref();
    keeper.stdin?.end();
    await gone;
  };

  const endpoint = `http://127.0.0.1:${port}`;
  const giveUp = new AbortController();
  const answering = waitUntilAnswering(
    new URL(endpoint),
    AbortSignal.any([giveUp.signal, AbortSignal.timeout(START_TIMEOUT_MS)]),
  );
  try {
    const winner = await Promise.race([answering.then(() => 'answering' as const), gone.then(() => 'gone' as const)]);
    if (winner === 'gone') throw new EngineStartError(engine.name, 'ended instead of starting', output.trim());
  } catch (error) {
    giveUp.abort();
    answering.catch(() => undefined);
    await stop();
    if (error instanceof EngineStartError) throw error;
    throw new EngineStartError(engine.name, `did not answer within ${START_TIMEOUT_MS / 1000} seconds`, output.trim());
  } finally {
    release();
  }
  unrefKeeper(keeper);

  return { endpoint, stop };
};

/** Starts the engine on a free port of the loopback interface and waits until it answers. */
export const startEngineProcess = async (engine: AvailableEngine): Promise<EngineProcess> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(engine);
    } catch (error) {
      if (attempt === START_ATTEMPTS) throw error;
    }
  }
};
