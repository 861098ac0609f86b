/**
 * Lets work wait for each other that has a key in common, within this process: what would otherwise be read and written at
 * the same time, and be done again by the loser.
 */
export class KeyLocks {
  readonly #lastHolders = new Map<string, Promise<void>>();

  async run<RESULT>(keys: readonly string[], work: () => Promise<RESULT>): Promise<RESULT> {
    const before = keys.flatMap(key => this.#lastHolders.get(key) ?? []);
    let release = (): void => {};
    const held = new Promise<void>(resolve => (release = resolve));
    // All keys at once, so that nobody waits for somebody who waits for him.
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
