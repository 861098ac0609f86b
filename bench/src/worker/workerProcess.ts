import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

import type { Measurement, Order, Reply, Task } from './protocol.js';

/** A worker, seen from the process that gives it orders. */
export class WorkerProcess {
  readonly task: Task;
  readonly #process: ChildProcess;
  readonly #gone: Promise<number | null>;

  private constructor(task: Task, child: ChildProcess) {
    this.task = task;
    this.#process = child;
    this.#gone = once(child, 'exit').then(([code]) => code as number | null);
  }

  /** @param bundle the worker's program, made by `bundleWorker` */
  static async start(bundle: string, task: Task): Promise<WorkerProcess> {
    const worker = new WorkerProcess(task, fork(bundle, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }));
    await worker.#order({ kind: 'prepare', task });
    return worker;
  }

  async check(): Promise<string> {
    const reply = await this.#order({ kind: 'check' });
    return reply.kind === 'checked' ? reply.digest : '';
  }

  async run(times: number): Promise<Measurement> {
    const reply = await this.#order({ kind: 'run', times });
    if (reply.kind !== 'ran') throw new Error(`A worker replied with ${reply.kind} to an order to run.`);
    return reply;
  }

  async stop(): Promise<void> {
    this.#process.disconnect();
    await this.#gone;
  }

  async #order(order: Order): Promise<Reply> {
    this.#process.send(order);
    const replied = once(this.#process, 'message').then(([reply]) => reply as Reply);
    const reply = await Promise.race([replied, this.#gone]);
    if (typeof reply !== 'object' || reply === null) {
      throw new Error(`The worker of ${this.task.contender} ended with exit code ${String(reply)}.`);
    }
    return reply;
  }
}
