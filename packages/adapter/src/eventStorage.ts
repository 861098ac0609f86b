import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import type { Layout } from './layouts/layout.js';

/** What every operation needs of its adapter: where the events lie, how, and who asks for them. */
export interface EventStorage {
  readonly layout: Layout;
  readonly dynamoDbClient: DynamoDBClient;
  /** Whether a version is refused whose predecessor is missing. */
  readonly gapless: boolean;
  /** The table's name; asked anew for every call, since it may be given as a function. */
  tableName(): string;
}

/**
 * Where an adapter of this package keeps its `EventStorage`. A registered symbol, so that adapters of the ESM and the
 * CommonJS build, or of two copies of the package, still find one another in an event group.
 */
export const EVENT_STORAGE = Symbol.for('@castore-dynamodb/adapter/eventStorage');

export const findEventStorage = (adapter: unknown): EventStorage | undefined =>
  (adapter as { [EVENT_STORAGE]?: EventStorage } | null | undefined)?.[EVENT_STORAGE];
