import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve as resolvePath } from 'node:path';

import type { AvailableEngine, EngineProgram } from './engines.js';
import { superviseEngineFile } from './paths.cjs';

/** How much of what an engine writes is kept for the error of a failed start. The cause comes first. */
const MAX_OUTPUT_LENGTH = 4_000;

/** An engine that is killed is gone in milliseconds. */
const END_TIMEOUT_MS = 10_000;

/** What `superviseEngine.cjs` is asked to run; goes to it as JSON. */
export interface SupervisorOrder extends EngineProgram {
  /** A folder that is not there yet: the engine's own, removed when it ends. */
  folder: string;
}

/** The process of `superviseEngine.cjs` and, below it, the engine. */
export interface Supervisor {
  hasEnded: () => boolean;
  /** Resolves once both processes and the engine's folder are gone. */
  ended: Promise<void>;
  /** What the engine wrote to its standard error. */
  output: () => string;
  /** Ends both processes; resolves once they and the engine's folder are gone. */
  end: () => Promise<void>;
  /** From here on, this process may end while they run, which ends them. */
  unref: () => void;
}

/** Variables for this process, such as `NODE_OPTIONS=--inspect-brk` or a folder for coverage, are not for that one. */
const environment = (): NodeJS.ProcessEnv => {
  const { NODE_OPTIONS: _, NODE_V8_COVERAGE: __, ...inherited } = process.env;
  return inherited;
};

/** Starts the engine on that port, below a process that ends it when this process is gone. */
export const startSupervisor = ({ programFor }: AvailableEngine, port: number): Supervisor => {
  // It is the engine's working folder, too: below it, a relative one would be another one.
  const folder = resolvePath(tmpdir(), `castore-dynamodb-local-${randomUUID()}`);
  const order: SupervisorOrder = { ...programFor(port, folder), folder };
  const child = spawn(process.execPath, [superviseEngineFile, JSON.stringify(order)], {
    env: environment(),
    stdio: 'pipe',
    // Ctrl-C in a terminal goes to the whole process group: the engine must last for as long as this process does.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });

  let hasEnded = false;
  let output = '';
  let enginePid: number | undefined;
  const keepOutput = (text: string): void => {
    output = (output + text).slice(0, MAX_OUTPUT_LENGTH);
  };
  child.stderr.setEncoding('utf8').on('data', keepOutput);
  child.stdout.setEncoding('utf8').on('data', (text: string) => (enginePid ??= Number.parseInt(text, 10) || undefined));
  // Closing the pipe to a process that is gone already is no failure.
  child.stdin.on('error', () => undefined);
  child.once('exit', exitCode => {
    // Killed, so it could end nothing. The engine is still there, and holds the standard error open.
    if (exitCode === null && enginePid !== undefined) quietly(() => process.kill(enginePid as number, 'SIGKILL'));
  });
  const ended = new Promise<void>(resolve => {
    const end = (): void => {
      quietly(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20 }));
      hasEnded = true;
      resolve();
    };
    // The engine, too, has the other end of the standard error, so `close` comes after the end of both processes.
    child.once('close', end).once('error', error => {
      keepOutput(error.message);
      end();
    });
  });

  return {
    hasEnded: () => hasEnded,
    ended,
    output: () => output.trim(),
    end: async () => {
      child.ref();
      child.stdin.end();
      const timeout = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS);
      await ended;
      clearTimeout(timeout);
    },
    unref: () => {
      child.unref();
      // Pipes are sockets in Node, which the types do not say. In Bun they are none, and do not keep it from ending.
      for (const pipe of child.stdio as ({ unref?: () => void } | null)[]) pipe?.unref?.();
    },
  };
};

/** What is to be ended or removed may be gone already, or never have been. */
const quietly = (task: () => void): void => {
  try {
    task();
  } catch {
    // There is nothing to do about it.
  }
};
