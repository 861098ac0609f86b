/** Work that nobody waits for, until somebody wants to know that it is done. */
export class BackgroundTasks {
  readonly #underWay = new Set<Promise<void>>();

  /** Starts a task at once, which must not fail: nobody would hear of it. */
  run(task: () => Promise<void>): void {
    const running = task().finally(() => this.#underWay.delete(running));
    this.#underWay.add(running);
  }

  /** Resolves when all tasks are done, those too that started meanwhile. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }
}
