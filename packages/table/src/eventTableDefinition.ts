import {
  EVENT_TABLE_EVENT_STORE_ID_KEY,
  EVENT_TABLE_INITIAL_EVENT_INDEX_NAME,
  EVENT_TABLE_IS_INITIAL_EVENT_KEY,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  EVENT_TABLE_TIMESTAMP_KEY,
} from './constants.js';

/**
 * How events lie in a table.
 *
 * - `single-table`: any number of event stores in one table, for `DynamoDbSingleTableEventStorageAdapter`.
 * - `table-per-store`: one event store a table, for `DynamoDbEventStorageAdapter`.
 */
export type EventTableLayout = 'single-table' | 'table-per-store';

/** Every layout, for code that checks or enumerates them. */
export const EVENT_TABLE_LAYOUTS: readonly EventTableLayout[] = ['single-table', 'table-per-store'];

export interface AttributeDefinition {
  AttributeName: string;
  AttributeType: 'S' | 'N';
}

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
 * @throws TypeError where `layout` is neither `'single-table'` nor `'table-per-store'`.
 */
export const eventTableDefinition = (layout: EventTableLayout): EventTableDefinition => {
  if (!EVENT_TABLE_LAYOUTS.includes(layout)) {
    throw new TypeError(
      `Unknown event table layout ${JSON.stringify(layout)}: use ${EVENT_TABLE_LAYOUTS.map(known => `'${known}'`).join(' or ')}.`,
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
