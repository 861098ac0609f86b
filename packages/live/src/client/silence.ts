import { HEARTBEAT_MS } from '../protocol/protocol.js';

/** Without a sign of life for so long, in milliseconds, a connection is taken for dead. */
export const SILENCE_MS = 3 * HEARTBEAT_MS;

/** Notices that nothing comes any more. Asks for a sign of life before, if the server gives none by itself. */
export class Silence {
  readonly #on: { ping(): void; dead(): void };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pingMs: number | undefined;

  constructor(on: { ping(): void; dead(): void }) {
    this.#on = on;
  }

  /** Something came; or begins. */
  end(): void {
    clearTimeout(this.#timer);
    if (this.#pingMs === undefined) this.#giveUpLater();
    else {
      this.#timer = setTimeout(() => {
        this.#giveUpLater();
        this.#on.ping();
      }, this.#pingMs);
    }
  }

  /** @param pingMs after how long a silence the server is to be asked; undefined if it gives signs of life by itself */
  pingAfter(pingMs: number | undefined): void {
    this.#pingMs = pingMs;
    this.end();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#pingMs = undefined;
  }

  #giveUpLater(): void {
    this.#timer = setTimeout(() => this.#on.dead(), SILENCE_MS);
  }
}
