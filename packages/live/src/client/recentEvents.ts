/** Events that are remembered, so that one that comes twice is shown once. */
const MAX_EVENTS = 10_000;

/** The identities of the last events. After a broken connection, a server may send some of them again. */
export class RecentEvents {
  readonly #identities = new Set<string>();

  /** Whether it is new. */
  add(identity: string): boolean {
    if (this.#identities.has(identity)) return false;
    this.#identities.add(identity);
    if (this.#identities.size > MAX_EVENTS) {
      for (const oldest of this.#identities) {
        this.#identities.delete(oldest);
        break;
      }
    }
    return true;
  }
}
