import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import { ReadBudgetError } from '../errors.js';

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

interface Consumed {
  readonly CapacityUnits?: number;
}

/** Counts the requests of a command and their capacity units, and stops it before it reads more than it may. */
export class ReadBudget {
  requests = 0;
  readUnits = 0;
  writeUnits = 0;
  readonly #maxReadUnits: number;
  readonly #watched = new WeakSet<DynamoDBClient>();

  constructor(maxReadUnits: number) {
    this.#maxReadUnits = maxReadUnits;
  }

  /**
   * Counts what a client sends from now on. A read that is under way is not cut off, so a command may spend up to a page
   * (1 MB, 128 read units) more than it may.
   */
  watch(client: DynamoDBClient): void {
    if (this.#watched.has(client)) return;
    this.#watched.add(client);
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async args => {
          const isRead = READS.has(commandName);
          if (isRead && this.readUnits >= this.#maxReadUnits) throw new ReadBudgetError(this.#maxReadUnits);
          this.requests += 1;
          const result = await next(
            isRead || WRITES.has(commandName)
              ? { ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } }
              : args,
          );
          const { ConsumedCapacity } = result.output as { ConsumedCapacity?: Consumed | readonly Consumed[] };
          const units = [ConsumedCapacity ?? []].flat().reduce((sum, each) => sum + (each.CapacityUnits ?? 0), 0);
          if (isRead) this.readUnits += units;
          else this.writeUnits += units;
          return result;
        },
      { step: 'initialize', name: 'countCapacity', priority: 'high' },
    );
  }

  /** `2 requests, 1.5 read units` */
  summary(): string {
    const writes = this.writeUnits === 0 ? '' : `, ${this.writeUnits} write units`;
    return `${this.requests} ${this.requests === 1 ? 'request' : 'requests'}, ${this.readUnits} read units${writes}`;
  }
}
