/** Events that came and were not taken yet, and those who wait for the next one. */
export class EventQueue<EVENT> {
  readonly #events: EVENT[] = [];
  readonly #takers: {
    resolve: (result: IteratorResult<EVENT>) => void;
    reject: (error: unknown) => void;
  }[] = [];
  #isEnded = false;
  #error: unknown;

  get size(): number {
    return this.#events.length;
  }

  /** Whether somebody has waited for it. */
  push(event: EVENT): boolean {
    const taker = this.#takers.shift();
    if (taker === undefined) this.#events.push(event);
    else taker.resolve({ done: false, value: event });
    return taker !== undefined;
  }

  shift(): EVENT | undefined {
    return this.#events.shift();
  }

  clear(): void {
    this.#events.length = 0;
  }

  /** For one who has found nothing: what comes next, or the end. */
  wait(): Promise<IteratorResult<EVENT>> {
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) return Promise.reject(error);
    if (this.#isEnded) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => this.#takers.push({ resolve, reject }));
  }

  /** The error is thrown once, after the events that are still here. */
  end(error: unknown): void {
    this.#isEnded = true;
    const [first, ...others] = this.#takers.splice(0);
    if (error !== undefined && first !== undefined) first.reject(error);
    else {
      this.#error = error;
      first?.resolve({ done: true, value: undefined });
    }
    for (const { resolve } of others) resolve({ done: true, value: undefined });
  }
}
