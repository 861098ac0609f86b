import type { AttributeDefinition, KeySchemaElement } from './eventTable.js';

/**
 * Partition key of the projection table (S).
 *
 * @example
 * const { Item: checkpoint } = await dynamoDbClient.send(
 *   new GetItemCommand({
 *     TableName: 'views',
 *     Key: { [PROJECTION_TABLE_PK]: { S: partition }, [PROJECTION_TABLE_SK]: { S: sort } },
 *   }),
 * );
 * console.log(checkpoint?.[PROJECTION_TABLE_VALUE_KEY]?.S, checkpoint?.[PROJECTION_TABLE_REVISION_KEY]?.S);
 */
export const PROJECTION_TABLE_PK = 'pk';

/** Sort key of the projection table (S). */
export const PROJECTION_TABLE_SK = 'sk';

/** Attribute of every item (S): it changes with every write, which is how two writers notice each other. */
export const PROJECTION_TABLE_REVISION_KEY = '_revision';

/**
 * Attribute of a view that an aggregate has for itself (S): how far the projection has come with it, as JSON.
 *
 * @example
 * const hasView = (item: TableItem): boolean => item[PROJECTION_TABLE_NO_VIEW_KEY]?.BOOL !== true;
 * const positionIn = (item: TableItem): string | undefined => item[PROJECTION_TABLE_POSITION_KEY]?.S;
 */
export const PROJECTION_TABLE_POSITION_KEY = '_position';

/** Attribute of such an item if there is a position, but no view yet or no more (BOOL, true). */
export const PROJECTION_TABLE_NO_VIEW_KEY = '_noView';

/** Attribute of checkpoints (S): what a position, a parked aggregate, a lock or a replay holds, as JSON. */
export const PROJECTION_TABLE_VALUE_KEY = 'value';

/**
 * Attribute of what expires (N): when, in seconds since 1970. `runOnce` of `@castore-dynamodb/commands` writes it to its
 * results, nothing else does. The table's time to live is to be set to it, or results stay for ever.
 *
 * @example
 * const timeToLive = { AttributeName: PROJECTION_TABLE_EXPIRES_AT_KEY, Enabled: true };
 */
export const PROJECTION_TABLE_EXPIRES_AT_KEY = 'expiresAt';

/** The parts of DynamoDB's CreateTable request that projections rely on, in its own shape and spelling. */
export interface ProjectionTableDefinition {
  AttributeDefinitions: AttributeDefinition[];
  KeySchema: KeySchemaElement[];
}

/**
 * The keys of the table that projections keep their views, positions and parked aggregates in, and pollers and replays
 * their locks and checkpoints. It needs no index, and a time to live only for the results of `runOnce`, by `PROJECTION_TABLE_EXPIRES_AT_KEY`.
 * Each call returns a new object, which the caller may change: to add indexes that views are queried by, for example.
 *
 * @example
 * await dynamoDbClient.send(
 *   new CreateTableCommand({ TableName: 'views', BillingMode: 'PAY_PER_REQUEST', ...projectionTableDefinition() }),
 * );
 */
export const projectionTableDefinition = (): ProjectionTableDefinition => ({
  AttributeDefinitions: [
    { AttributeName: PROJECTION_TABLE_PK, AttributeType: 'S' },
    { AttributeName: PROJECTION_TABLE_SK, AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: PROJECTION_TABLE_PK, KeyType: 'HASH' },
    { AttributeName: PROJECTION_TABLE_SK, KeyType: 'RANGE' },
  ],
});
