import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventStore } from '@castore/core';
import { checkClient, checkFunction, checkOptions, checkString, type OptionNames } from '@castore-dynamodb/commons';

import { checkEventStores, checkName } from '../checks.js';
import { BatchProjector, type BatchWork } from './batchProjector.js';
import { type Projection, toProjection } from './projection.js';

export interface BatchProjectionOptions extends BatchWork {
  /** Positions are kept under this name. Has no `#` in it. */
  name: string;
  eventStores: readonly EventStore[];
  /** A table with the string keys `pk` (partition key) and `sk` (sort key), in which the positions lie. */
  tableName: string;
  dynamoDbClient: DynamoDBClient;
}

const OPTIONS = {
  name: true,
  eventStores: true,
  tableName: true,
  dynamoDbClient: true,
  since: true,
  write: true,
  afterwards: true,
} satisfies OptionNames<BatchProjectionOptions>;

/**
 * Hands the new events of many aggregates to one function, with the writes that mark them as handled: what it writes in one
 * transaction with these happens exactly once. `@castore-dynamodb/live` is made of it. A replay leaves it alone.
 *
 * Costs, for each 50 aggregates of a batch, a request that reads their positions, and two write units for each position in
 * the transaction; for an aggregate that it meets for the first time after version 1, a read of the event before.
 *
 * @throws InvalidArgumentError
 *
 * @example
 * const archive = batchProjection({
 *   name: 'archive',
 *   eventStores: [pokemons],
 *   tableName: 'views',
 *   dynamoDbClient,
 *   since: async () => Date.parse('2026-01-01T00:00:00Z'),
 *   write: async ({ runs, positions }) => {
 *     for (const { aggregateId, events } of runs) console.log(aggregateId, events.length);
 *     await dynamoDbClient.send(new TransactWriteItemsCommand({ TransactItems: [...positions] }));
 *   },
 *   afterwards: async () => true,
 * });
 */
export const batchProjection = (options: BatchProjectionOptions): Projection => {
  checkOptions(options, '', OPTIONS);
  const { name, eventStores, tableName, dynamoDbClient, since, write, afterwards } = options;
  checkName(name);
  checkEventStores(eventStores);
  checkString(tableName, 'tableName');
  checkClient(dynamoDbClient, 'dynamoDbClient');
  checkFunction(since, 'since');
  checkFunction(write, 'write');
  checkFunction(afterwards, 'afterwards');
  return toProjection(new BatchProjector(name, eventStores, tableName, dynamoDbClient, { since, write, afterwards }));
};
