import { AsyncLocalStorage } from 'node:async_hooks';

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { memberOf } from '@castore-dynamodb/commons';

import { ReadBudgetError, ReadOnlyError } from '../errors.js';
import { counted } from '../output/counted.js';

/** The operations that cost read units. */
const READS = new Set([
  'QueryCommand',
  'ScanCommand',
  'GetItemCommand',
  'BatchGetItemCommand',
  'TransactGetItemsCommand',
]);

/** Those that cost write units. */
const WRITES = new Set([
  'PutItemCommand',
  'UpdateItemCommand',
  'DeleteItemCommand',
  'BatchWriteItemCommand',
  'TransactWriteItemsCommand',
]);

/** The other operations that change nothing. */
const isHarmless = (commandName: string): boolean => READS.has(commandName) || /^(Describe|List|Get)/.test(commandName);

/** How often the SDK has sent a request again, by what its answer or its error says. */
const retriesIn = (outcome: unknown): number => {
  const attempts = memberOf(memberOf(outcome, '$metadata'), 'attempts');
  return typeof attempts === 'number' && attempts > 1 ? attempts - 1 : 0;
};

const MIDDLEWARE = 'countCapacity';

interface Consumed {
  readonly CapacityUnits?: number;
}

/** Counts the requests of a command and their capacity units, and stops it before it reads more than it may. */
export class ReadBudget {
  requests = 0;
  readUnits = 0;
  writeUnits = 0;
  readonly #maxReadUnits: number;
  readonly #watched = new Set<DynamoDBClient>();
  readonly #parts = new AsyncLocalStorage<ReadBudget>();

  constructor(maxReadUnits: number) {
    this.#maxReadUnits = maxReadUnits;
  }

  /**
   * Runs work that only reads, with a budget of its own: what it sends counts there as well, and is stopped by that budget
   * alone. Whatever would write is refused.
   */
  runPart<RESULT>(part: ReadBudget, work: () => RESULT): RESULT {
    return this.#parts.run(part, work);
  }

  /**
   * Counts what a client sends from now on. A read that is under way is not cut off, so a command may spend up to a page
   * (1 MB, 256 read units if it is strongly consistent) more than it may.
   */
  watch(watched: DynamoDBClient | DynamoDBStreamsClient): void {
    // Their middlewares take the same steps.
    const client = watched as DynamoDBClient;
    if (this.#watched.has(client)) return;
    this.#watched.add(client);
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async args => {
          const isRead = READS.has(commandName);
          const part = this.#parts.getStore();
          if (part !== undefined && !isHarmless(commandName)) throw new ReadOnlyError(commandName);
          if (isRead) (part ?? this).check();
          this.#countRequests(1, part);
          const result = await next(
            isRead || WRITES.has(commandName)
              ? { ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } }
              : args,
          ).catch((error: unknown) => {
            this.#countRequests(retriesIn(error), part);
            throw error;
          });
          this.#countRequests(retriesIn(result.output), part);
          const { ConsumedCapacity } = result.output as { ConsumedCapacity?: Consumed | readonly Consumed[] };
          const units = [ConsumedCapacity ?? []].flat().reduce((sum, each) => sum + (each.CapacityUnits ?? 0), 0);
          this.#countUnits(units, isRead, part);
          return result;
        },
      { step: 'initialize', name: MIDDLEWARE, priority: 'high', override: true },
    );
  }

  /** @throws ReadBudgetError if nothing more may be read */
  check(): void {
    if (this.readUnits >= this.#maxReadUnits) throw new ReadBudgetError(this.#maxReadUnits);
  }

  #countRequests(count: number, part: ReadBudget | undefined): void {
    this.requests += count;
    if (part !== undefined) part.requests += count;
  }

  #countUnits(units: number, isRead: boolean, part: ReadBudget | undefined): void {
    if (isRead) this.readUnits += units;
    else this.writeUnits += units;
    if (part !== undefined && isRead) part.readUnits += units;
  }

  /** Counts nothing more. */
  close(): void {
    for (const client of this.#watched) client.middlewareStack.remove(MIDDLEWARE);
  }

  /** `2 requests, 1.5 read units` */
  summary(): string {
    const writes = this.writeUnits === 0 ? [] : [counted(this.writeUnits, 'write unit')];
    return [counted(this.requests, 'request'), counted(this.readUnits, 'read unit'), ...writes].join(', ');
  }
}
