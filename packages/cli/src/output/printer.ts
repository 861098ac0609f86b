import type { Readable, Writable } from 'node:stream';

import Table from 'cli-table3';
import { createColors } from 'picocolors';

import { toExactJson } from './exactJson.js';
import { plainJson, plainText } from './plainText.js';
import { Progress } from './progress.js';
import { writeOut } from './writeOut.js';

/** What a command reads from, and where it prints: data goes to `stdout`, everything else to `stderr`. */
export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: NodeJS.ProcessEnv;
}

/** One thing that a command found: as data for programs, as cells of a table for people. */
export interface Row {
  readonly data: Readonly<Record<string, unknown>>;
  readonly cells: readonly string[];
}

/** Rows of a table that are printed together, with columns as wide as these need. */
const ROWS_A_TABLE = 100;

const BARE = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** The one place that writes to the terminal. Whatever it is given, it writes no control character of it. */
export class Printer {
  readonly isJson: boolean;
  /** For what takes long, and for whatever writes. */
  readonly progress: Progress;
  readonly #terminal: Terminal;
  readonly #colors: ReturnType<typeof createColors>;

  constructor(terminal: Terminal, { json }: { json: boolean }) {
    this.#terminal = terminal;
    this.isJson = json;
    this.progress = new Progress(terminal.stderr);
    const { NO_COLOR, FORCE_COLOR, TERM } = terminal.env;
    this.#colors = createColors(
      !NO_COLOR && (FORCE_COLOR !== undefined || (terminal.stdout.isTTY === true && TERM !== 'dumb')),
    );
  }

  /** How wide the terminal is; undefined in a pipe. */
  get columns(): number | undefined {
    return this.#terminal.stdout.isTTY === true ? this.#terminal.stdout.columns : undefined;
  }

  /** A line of data for people. */
  text(line: string): Promise<void> {
    return this.#write(`${plainText(line)}\n`);
  }

  /** A line of data for programs. */
  json(data: unknown): Promise<void> {
    return this.#write(`${plainJson(toExactJson(data))}\n`);
  }

  /** One thing that has names and values: a line for each, or one line of JSON. */
  async record(data: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.isJson) return this.json(data);
    const width = Math.max(...Object.keys(data).map(name => name.length)) + 2;
    for (const [name, value] of Object.entries(data)) await this.text(`${name.padEnd(width)}${String(value)}`);
  }

  /** A text that this package made, of several lines; a member of one line of JSON for programs. */
  document(text: string): Promise<void> {
    if (this.isJson) return this.json({ text });
    return this.#write(text.endsWith('\n') ? text : `${text}\n`);
  }

  /** What is no data: costs, progress, advice. */
  note(line: string): void {
    this.progress.clear();
    this.#terminal.stderr.write(`${this.#colors.dim(plainText(line))}\n`);
  }

  /** Of a command without `--write`, after it has said what it would do. */
  dryRun(): void {
    this.note('Nothing was written. --write does it.');
  }

  error(message: string): void {
    this.progress.clear();
    this.#terminal.stderr.write(`${this.#colors.red('error')} ${plainText(message)}\n`);
  }

  /** As they come: a line of JSON each, or a table with a header. Resolves with their number. */
  async rows(head: readonly string[], rows: AsyncIterable<Row>): Promise<number> {
    let count = 0;
    let waiting: Row[] = [];
    const printWaiting = async () => {
      if (waiting.length > 0) await this.#write(this.#table(count <= ROWS_A_TABLE ? head : undefined, waiting));
      waiting = [];
    };
    try {
      for await (const row of rows) {
        count += 1;
        if (this.isJson) {
          await this.json(row.data);
          continue;
        }
        waiting.push(row);
        if (waiting.length === ROWS_A_TABLE) await printWaiting();
      }
    } finally {
      // What was read before something failed has been paid for.
      await printWaiting();
    }
    return count;
  }

  #table(head: readonly string[] | undefined, rows: readonly Row[]): string {
    const table = new Table({ chars: BARE, style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] } });
    if (head !== undefined) table.push(head.map(name => this.#colors.bold(name)));
    for (const { cells } of rows) table.push(cells.map(plainText));
    const lines = table
      .toString()
      .split('\n')
      .map(line => line.trimEnd());
    return `${lines.filter(line => line !== '').join('\n')}\n`;
  }

  /** Waits if whoever reads is slow. */
  #write(text: string): Promise<void> {
    this.progress.clear();
    return writeOut(this.#terminal.stdout, text);
  }
}
