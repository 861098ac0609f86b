/** Partition key of the table (S): the aggregate's id, in the single-table layout after `<eventStoreId>#`. */
export const EVENT_TABLE_PK = 'aggregateId';

/** Sort key of the table (N): the event's version in its aggregate, from 1. */
export const EVENT_TABLE_SK = 'version';

/** The event's timestamp (S), ISO 8601; sort key of the index `initialEvents`. */
export const EVENT_TABLE_TIMESTAMP_KEY = 'timestamp';

/**
 * The event's type (S).
 *
 * @example
 * const { Items: items = [] } = await dynamoDbClient.send(
 *   new ScanCommand({
 *     TableName: 'events',
 *     FilterExpression: '#type = :type',
 *     ExpressionAttributeNames: { '#type': EVENT_TABLE_EVENT_TYPE_KEY },
 *     ExpressionAttributeValues: { ':type': { S: 'POKEMON_CAUGHT' } },
 *   }),
 * );
 * const payloads = items.map(item => [item[EVENT_TABLE_TIMESTAMP_KEY]?.S, item[EVENT_TABLE_PAYLOAD_KEY]]);
 */
export const EVENT_TABLE_EVENT_TYPE_KEY = 'type';

/** The event's payload, as a native DynamoDB value; absent if the event has none. */
export const EVENT_TABLE_PAYLOAD_KEY = 'payload';

/**
 * The event's metadata, as a native DynamoDB value; absent if the event has none.
 *
 * @example
 * const metadataOf = (item: StoredItem): StoredValue | undefined => item[EVENT_TABLE_METADATA_KEY];
 */
export const EVENT_TABLE_METADATA_KEY = 'metadata';

/**
 * Random bytes (B) by which a push recognises its own event, if its answer was lost.
 *
 * @example
 * const wereOnePush = (a: TableItem, b: TableItem): boolean =>
 *   JSON.stringify(a[EVENT_TABLE_PUSH_ID_KEY]) === JSON.stringify(b[EVENT_TABLE_PUSH_ID_KEY]);
 */
export const EVENT_TABLE_PUSH_ID_KEY = 'pushId';

/**
 * The names of the transformations that changed the event (S), in order and comma-separated; absent if none did.
 *
 * @example
 * const isTransformed = (item: TableItem): boolean => item[EVENT_TABLE_ENCODING_KEY] !== undefined;
 */
export const EVENT_TABLE_ENCODING_KEY = 'encoding';

/**
 * The version of the shape in which the event was written (N); absent if it is the first.
 *
 * @example
 * const schemaVersionOf = (item: TableItem): number => Number(item[EVENT_TABLE_SCHEMA_VERSION_KEY]?.N ?? 0);
 */
export const EVENT_TABLE_SCHEMA_VERSION_KEY = 'schemaVersion';

/**
 * When and why the event was redacted or erased (L); absent if it was not.
 *
 * @example
 * const isRedacted = (item: TableItem): boolean => item[EVENT_TABLE_REDACTIONS_KEY] !== undefined;
 */
export const EVENT_TABLE_REDACTIONS_KEY = 'redactions';

/**
 * Layout `table-per-store`: 1 (N) on first events only; partition key of the index `initialEvents`.
 *
 * @example
 * const isListed = (item: TableItem): boolean =>
 *   item[EVENT_TABLE_IS_INITIAL_EVENT_KEY] !== undefined || item[EVENT_TABLE_EVENT_STORE_ID_KEY] !== undefined;
 */
export const EVENT_TABLE_IS_INITIAL_EVENT_KEY = 'isInitialEvent';

/** Layout `single-table`: the event store's id (S) on first events only; partition key of the index `initialEvents`. */
export const EVENT_TABLE_EVENT_STORE_ID_KEY = 'eventStoreId';

/**
 * The sparse, keys-only index that lists the aggregates by the time of their first event.
 *
 * @example
 * const { Items: initialEvents = [] } = await dynamoDbClient.send(
 *   new ScanCommand({ TableName: 'events', IndexName: EVENT_TABLE_INITIAL_EVENT_INDEX_NAME }),
 * );
 */
export const EVENT_TABLE_INITIAL_EVENT_INDEX_NAME = 'initialEvents';

type EventTableAttribute =
  | typeof EVENT_TABLE_PK
  | typeof EVENT_TABLE_SK
  | typeof EVENT_TABLE_TIMESTAMP_KEY
  | typeof EVENT_TABLE_EVENT_TYPE_KEY
  | typeof EVENT_TABLE_PAYLOAD_KEY
  | typeof EVENT_TABLE_METADATA_KEY
  | typeof EVENT_TABLE_PUSH_ID_KEY
  | typeof EVENT_TABLE_ENCODING_KEY
  | typeof EVENT_TABLE_SCHEMA_VERSION_KEY
  | typeof EVENT_TABLE_REDACTIONS_KEY
  | typeof EVENT_TABLE_IS_INITIAL_EVENT_KEY
  | typeof EVENT_TABLE_EVENT_STORE_ID_KEY;

/**
 * Every attribute that an event can have, and its type in DynamoDB; `any` for what holds values of the event's owner. None
 * of them is free for something else, such as a time to live.
 *
 * @example
 * const isFree = (attribute: string): boolean => !Object.hasOwn(EVENT_TABLE_ATTRIBUTES, attribute);
 */
export const EVENT_TABLE_ATTRIBUTES = {
  // Names that are written out are left out of a bundle that does not need them.
  aggregateId: 'S',
  version: 'N',
  timestamp: 'S',
  type: 'S',
  payload: 'any',
  metadata: 'any',
  pushId: 'B',
  encoding: 'S',
  schemaVersion: 'N',
  redactions: 'L',
  isInitialEvent: 'N',
  eventStoreId: 'S',
} as const satisfies Record<EventTableAttribute, 'S' | 'N' | 'B' | 'L' | 'any'>;

/**
 * How events lie in a table.
 *
 * - `single-table`: any number of event stores in one table, for `DynamoDbSingleTableEventStorageAdapter`.
 * - `table-per-store`: one event store per table, for `DynamoDbEventStorageAdapter`.
 */
export type EventTableLayout = 'single-table' | 'table-per-store';

/**
 * Every layout, for code that checks or enumerates them.
 *
 * @example
 * const tables = EVENT_TABLE_LAYOUTS.map(layout => new EventTable(stack, `Events-${layout}`, { layout }));
 */
export const EVENT_TABLE_LAYOUTS: readonly EventTableLayout[] = ['single-table', 'table-per-store'];

/**
 * @example
 * const attributes: AttributeDefinition[] = projectionTableDefinition().AttributeDefinitions;
 */
export interface AttributeDefinition {
  AttributeName: string;
  AttributeType: 'S' | 'N';
}

/**
 * @example
 * const [partitionKey]: KeySchemaElement[] = projectionTableDefinition().KeySchema;
 */
export interface KeySchemaElement {
  AttributeName: string;
  KeyType: 'HASH' | 'RANGE';
}

/** The parts of DynamoDB's CreateTable request that the adapters rely on, in its own shape and spelling. */
export interface EventTableDefinition {
  AttributeDefinitions: AttributeDefinition[];
  KeySchema: KeySchemaElement[];
  GlobalSecondaryIndexes: {
    IndexName: string;
    KeySchema: KeySchemaElement[];
    Projection: { ProjectionType: 'KEYS_ONLY' };
  }[];
}

const INITIAL_EVENT_INDEX_PK: Record<EventTableLayout, AttributeDefinition> = {
  'single-table': { AttributeName: EVENT_TABLE_EVENT_STORE_ID_KEY, AttributeType: 'S' },
  'table-per-store': { AttributeName: EVENT_TABLE_IS_INITIAL_EVENT_KEY, AttributeType: 'N' },
};

/**
 * The keys and the index of an event table, as plain data in the shape of DynamoDB's CreateTable request.
 * Each call returns a new object, which the caller may change.
 *
 * @throws TypeError if `layout` is neither `'single-table'` nor `'table-per-store'`.
 *
 * @example
 * await dynamoDbClient.send(
 *   new CreateTableCommand({
 *     TableName: 'events',
 *     BillingMode: 'PAY_PER_REQUEST',
 *     ...eventTableDefinition('single-table'),
 *   }),
 * );
 */
export const eventTableDefinition = (layout: EventTableLayout): EventTableDefinition => {
  if (!EVENT_TABLE_LAYOUTS.includes(layout)) {
    throw new TypeError(
      `Unknown event table layout ${typeof layout === 'string' ? JSON.stringify(layout) : typeof layout}: use ${EVENT_TABLE_LAYOUTS.map(known => `'${known}'`).join(' or ')}.`,
    );
  }
  const indexPartitionKey = INITIAL_EVENT_INDEX_PK[layout];

  return {
    AttributeDefinitions: [
      { AttributeName: EVENT_TABLE_PK, AttributeType: 'S' },
      { AttributeName: EVENT_TABLE_SK, AttributeType: 'N' },
      { ...indexPartitionKey },
      { AttributeName: EVENT_TABLE_TIMESTAMP_KEY, AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: EVENT_TABLE_PK, KeyType: 'HASH' },
      { AttributeName: EVENT_TABLE_SK, KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: EVENT_TABLE_INITIAL_EVENT_INDEX_NAME,
        KeySchema: [
          { AttributeName: indexPartitionKey.AttributeName, KeyType: 'HASH' },
          { AttributeName: EVENT_TABLE_TIMESTAMP_KEY, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  };
};
