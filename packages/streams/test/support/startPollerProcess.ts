import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';

const PACKAGES = join(__dirname, '..', '..', '..');
const STREAMS = join(PACKAGES, 'streams');

/** The program `poll`, bundled of the sources, in processes of its own. */
export class PollerProgram {
  readonly #folder: string;
  readonly #children: ChildProcess[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async bundle(): Promise<PollerProgram> {
    const cache = join(STREAMS, 'node_modules', '.cache');
    mkdirSync(cache, { recursive: true });
    const folder = mkdtempSync(join(cache, 'poll-'));
    await build({
      entryPoints: [join(STREAMS, 'test', 'programs', 'poll.ts')],
      alias: {
        '@castore-dynamodb/adapter': join(PACKAGES, 'adapter', 'src', 'index.ts'),
        '@castore-dynamodb/table': join(PACKAGES, 'table', 'src', 'index.ts'),
      },
      outfile: join(folder, 'poll.cjs'),
      bundle: true,
      platform: 'node',
      target: 'node20',
      external: ['@aws-sdk/*', '@castore/*'],
      logLevel: 'silent',
    });
    return new PollerProgram(folder);
  }

  start(...args: string[]): PollerProcess {
    const child = spawn(process.execPath, [join(this.#folder, 'poll.cjs'), ...args], {
      env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#children.push(child);
    return new PollerProcess(child);
  }

  remove(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true });
  }
}

export class PollerProcess {
  readonly #child: ChildProcess;
  /** What it has written, to both of its outputs. */
  output = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves with what it ended with, once it has. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | NodeJS.Signals | null> {
    const ended = once(this.#child, 'close');
    this.#child.kill(signal);
    const [exitCode, signalCode] = (await ended) as [number | null, NodeJS.Signals | null];
    return exitCode ?? signalCode;
  }
}
