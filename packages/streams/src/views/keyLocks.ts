/**
 * Within this process, makes pieces of work that have a key in common wait for each other. Otherwise they would read
 * and write at the same time, and the loser would have to do its work again.
 */
export class KeyLocks {
  readonly #lastHolders = new Map<string, Promise<void>>();

  async run<RESULT>(keys: readonly string[], work: () => Promise<RESULT>): Promise<RESULT> {
    const before = keys.flatMap(key => this.#lastHolders.get(key) ?? []);
    let release = (): void => {};
    const held = new Promise<void>(resolve => (release = resolve));
    // All keys at once, so that there is no deadlock.
    for (const key of keys) this.#lastHolders.set(key, held);
    try {
      await Promise.all(before);
      return await work();
    } finally {
      release();
      for (const key of keys) if (this.#lastHolders.get(key) === held) this.#lastHolders.delete(key);
    }
  }
}
