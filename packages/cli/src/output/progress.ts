import type { Writable } from 'node:stream';

import cliProgress from 'cli-progress';

import { plainText } from './plainText.js';

/** How often a line is written if standard error is no terminal, in milliseconds. */
const LINE_INTERVAL_MS = 10_000;

/**
 * How far a command has come that takes long or writes. It shows on standard error: a line that changes in a terminal, a
 * line every ten seconds elsewhere. If the command is interrupted or fails, the last of them says what was done.
 */
export class Progress {
  readonly #stream: Writable & { readonly isTTY?: boolean };
  #bar: cliProgress.SingleBar | undefined;
  #writtenAt = performance.now();
  #done: string | undefined;
  #isWriting = false;
  #afterwards = '';
  #atOnce = '';

  constructor(stream: Writable & { readonly isTTY?: boolean }) {
    this.#stream = stream;
  }

  /** What was reported last; undefined if nothing was. */
  get done(): string | undefined {
    return this.#done;
  }

  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** What to say of a command that ends before it is done; undefined if it has reported and begun nothing. */
  get interruption(): string | undefined {
    const done = this.#done === undefined ? '' : `Until then: ${this.#done}.`;
    const text = `${done} ${this.#afterwards}`.trim();
    return text === '' ? undefined : `Stopped. ${text}`;
  }

  /**
   * To be called right before the first write. From then on the command is not left at Ctrl-C: it has to end by itself when
   * its signal is aborted, after what is under way. A second Ctrl-C ends it at once.
   *
   * @param afterwards how to go on if it is interrupted
   * @param atOnce how to see what was done, if it is ended at once
   */
  beginWriting(afterwards = '', atOnce = ''): void {
    this.#isWriting = true;
    this.#afterwards = afterwards;
    this.#atOnce = atOnce;
  }

  /** What to say at Ctrl-C, while it is waited for what is being written. */
  get ending(): string {
    return `Ends after what is under way. Ctrl-C again ends it at once. ${this.#atOnce}`.trim();
  }

  /**
   * @param done what was done until now, to be read on its own: `1,200 of about 5,000 events handled`
   * @param share of the whole, from 0 to 1, if that is known
   */
  report(done: string, share?: number): void {
    this.#done = done;
    if (this.#stream.isTTY === true) {
      this.#bar ??= this.#startBar();
      this.#bar.update(share ?? 0, { done: plainText(done), hasShare: share !== undefined });
    } else if (performance.now() - this.#writtenAt >= LINE_INTERVAL_MS) {
      this.#writtenAt = performance.now();
      this.#stream.write(`${plainText(done)}\n`);
    }
  }

  /** Makes room for something else to be printed. The next report shows again. */
  clear(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  #startBar(): cliProgress.SingleBar {
    const bar = new cliProgress.SingleBar({
      stream: this.#stream,
      format: (options, { progress }, { done, hasShare }) => {
        const share = hasShare
          ? `${cliProgress.Format.BarFormat(progress, options)} ${Math.floor(progress * 100)} % `
          : '';
        return share + String(done);
      },
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 20,
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
    });
    bar.start(1, 0, { done: '', hasShare: false });
    return bar;
  }
}
