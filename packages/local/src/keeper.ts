import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

import type { AvailableEngine } from './engines/engine.js';
import { keepEngineFile } from './here.cjs';

/** How many characters of what an engine writes are kept for the error of a failed start. */
const LAST_WORDS_LENGTH = 4_000;

/** The process of `keepEngine.cjs` and, below it, the engine. */
export interface Keeper {
  hasEnded: () => boolean;
  /** Resolves once both processes are gone. */
  ended: Promise<void>;
  /** What the engine wrote last to its standard error. */
  lastWords: () => string;
  /** Ends both processes; resolves once they are gone. */
  end: () => Promise<void>;
  /** From here on, this process may end while they run, which ends them. */
  unref: () => void;
}

/** Starts the engine on that port, below a process that ends it when this process is gone. */
export const startKeeper = ({ launch, environment }: AvailableEngine, port: number): Keeper => {
  // Options for this process, such as `--inspect-brk`, are not meant for that one.
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [keepEngineFile, JSON.stringify(launch(port))], {
    env: { ...inherited, ...environment },
    stdio: ['pipe', 'ignore', 'pipe'],
    // Ctrl-C in a terminal goes to the whole process group: the engine must last for as long as this process does.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });

  let hasEnded = false;
  let lastWords = '';
  const keepLastWords = (text: string): void => {
    lastWords = (lastWords + text).slice(-LAST_WORDS_LENGTH);
  };
  child.stderr.setEncoding('utf8').on('data', keepLastWords);
  // Closing the pipe to a process that is gone already is no failure.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<void>(resolve => {
    const end = (): void => {
      hasEnded = true;
      resolve();
    };
    // The engine, too, has the other end of the standard error, so `close` comes after the end of both processes.
    child.once('close', end).once('error', error => {
      keepLastWords(error.message);
      end();
    });
  });

  return {
    hasEnded: () => hasEnded,
    ended,
    lastWords: () => lastWords.trim(),
    end: async () => {
      child.ref();
      child.stdin.end();
      await ended;
    },
    unref: () => {
      child.unref();
      // Pipes are sockets, which the types of a child process do not tell.
      (child.stdin as unknown as Socket).unref();
      (child.stderr as unknown as Socket).unref();
    },
  };
};
