/**
 * What an operation uses.
 *
 * - `table`: the event table.
 * - `index`: its index `initialEvents`, `<table ARN>/index/initialEvents`.
 * - `stream`: the one stream that an event source mapping reads.
 * - `anyStream`: `<table ARN>/stream/*`. A table has a new stream each time its stream is switched on.
 * - `projectionTable`: the table of views, positions and checkpoints, or of the results of `runOnce`, of a live feed, or
 *   of subjects' keys.
 * - `snapshotTable`: the table of snapshots, which is the event table unless they have one of their own.
 *
 * @example
 * const arnsOf: Record<EventTableResource, (tableArn: string) => string> = {
 *   table: arn => arn,
 *   index: arn => `${arn}/index/${EVENT_TABLE_INITIAL_EVENT_INDEX_NAME}`,
 *   stream: arn => `${arn}/stream/*`,
 *   anyStream: arn => `${arn}/stream/*`,
 *   projectionTable: arn => arn,
 *   snapshotTable: arn => arn,
 * };
 */
export type EventTableResource = 'table' | 'index' | 'stream' | 'anyStream' | 'projectionTable' | 'snapshotTable';

/** The IAM actions of DynamoDB that this project needs anywhere. */
export type EventTableAction =
  `dynamodb:${'Query' | 'Scan' | 'GetItem' | 'BatchGetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'ConditionCheckItem' | 'BatchWriteItem' | 'CreateTable' | 'DescribeTable' | 'DeleteTable' | 'UpdateContinuousBackups' | 'DescribeTimeToLive' | 'UpdateTimeToLive' | 'DescribeStream' | 'GetRecords' | 'GetShardIterator' | 'ListStreams'}`;

/**
 * The actions that an operation needs, by the resource that it needs them on.
 *
 * @example
 * const permissions: EventTablePermissions = eventTableOperations.readAllEvents;
 * const actions: readonly EventTableAction[] = permissions.table ?? [];
 */
export type EventTablePermissions = { readonly [RESOURCE in EventTableResource]?: readonly EventTableAction[] };

const CHECKPOINTS = ['dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'] as const;

const LIVE_FEED = [
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:Query',
  'dynamodb:BatchWriteItem',
] as const;

/** Finds and removes the events of an aggregate, if none has come after them. */
const AGGREGATES = ['dynamodb:Query', 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem'] as const;

const SNAPSHOTS_OF_AGGREGATE = ['dynamodb:Query', 'dynamodb:DeleteItem'] as const;

/**
 * The IAM actions that each operation needs, and nothing else. Tests compare them with the requests that the packages
 * send.
 *
 * Actions and their resource types: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 * A transaction has no action of its own. It needs what its parts need: `PutItem`, `DeleteItem` and `ConditionCheckItem`.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 * A customer managed key adds `kms:Decrypt` on the key to each of them.
 *
 * @example
 * const { index, table } = eventTableOperations.readAllEvents; // [ 'dynamodb:Query' ] each
 */
export const eventTableOperations = {
  /** `getEvents`, `streamEvents`, `getAggregate`, `redactionsOf`. */
  getEvents: { table: ['dynamodb:Query'] },
  pushEvent: { table: ['dynamodb:PutItem'] },
  /** `pushEventGroup`, `pushEventsTransaction`, on each table that takes part. */
  pushEventGroup: { table: ['dynamodb:PutItem'] },
  /** What an adapter with `gapless: true` reads before a push. The push itself needs `pushEvent` besides. */
  readPredecessor: { table: ['dynamodb:Query'] },
  /** `unchanged`, in a transaction: on the table of the aggregate that must not have changed. */
  checkUnchanged: { table: ['dynamodb:ConditionCheckItem'] },
  listAggregateIds: { index: ['dynamodb:Query'] },
  readAllEvents: { index: ['dynamodb:Query'], table: ['dynamodb:Query'] },
  /** `readAllEvents` with `sortOnDisk`. The Query is for events that a Scan cannot hand on exactly. */
  sortAllEvents: { table: ['dynamodb:Scan', 'dynamodb:Query'] },

  /** Loads of an event store with snapshots: the newest snapshot, and the events after it. */
  readSnapshots: { table: ['dynamodb:Query'], snapshotTable: ['dynamodb:Query'] },
  /** Snapshots that loads and pushes cause, also in the same transaction as the events. */
  writeSnapshots: { snapshotTable: ['dynamodb:PutItem'] },
  /** Deletes snapshots: `retention: { newest }`, pushes with `force`, `snapshots.deleteOf`. */
  deleteSnapshots: { snapshotTable: ['dynamodb:Query', 'dynamodb:DeleteItem'] },
  /** `snapshots.build` with `scan`. */
  buildSnapshotsByScan: {
    table: ['dynamodb:Scan', 'dynamodb:Query'],
    snapshotTable: ['dynamodb:Query', 'dynamodb:PutItem'],
  },
  /** `snapshots.build` and `snapshots.deleteOutdated`, which go through every aggregate. */
  maintainSnapshots: {
    index: ['dynamodb:Query'],
    table: ['dynamodb:Query'],
    snapshotTable: ['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
  },

  /** `redactEvent` and `eraseAggregate`. They delete the snapshots of the aggregate. */
  redactEvents: { table: ['dynamodb:Query', 'dynamodb:PutItem'], snapshotTable: SNAPSHOTS_OF_AGGREGATE },
  deleteAggregate: { table: AGGREGATES, snapshotTable: SNAPSHOTS_OF_AGGREGATE },
  deleteEventStore: {
    index: ['dynamodb:Query'],
    table: ['dynamodb:Scan', ...AGGREGATES],
    snapshotTable: SNAPSHOTS_OF_AGGREGATE,
  },

  /**
   * What Lambda reads the stream with, in the function's name, and the events that the handler did not see. Its
   * projections need `projection` or `dynamoDbProjection` besides.
   *
   * DynamoDB's guide has all four actions on the table's streams; the service authorization reference knows
   * `ListStreams` without a resource only, and Lambda's guide asks for it "on your stream".
   * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-example-lamda-process-dynamodb-streams.html
   */
  streamHandler: {
    stream: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
    table: ['dynamodb:Query'],
  },
  /** A `projection` whose checkpoints are in a `DynamoDbCheckpointStore`: handler, poller and replay alike. */
  projection: { projectionTable: ['dynamodb:BatchGetItem', 'dynamodb:PutItem'] },
  /** A `dynamoDbProjection`: handler, poller and replay alike. */
  dynamoDbProjection: { projectionTable: CHECKPOINTS },
  /** `getView`, `positionsOf`. */
  getView: { projectionTable: ['dynamodb:BatchGetItem'] },
  listParked: { projectionTable: ['dynamodb:Query'] },
  retryParked: { table: ['dynamodb:Query'], projectionTable: CHECKPOINTS },
  /** `DescribeTable` is for the estimate in `onProgress`. The projections' own permissions come besides. */
  replayEvents: {
    table: ['dynamodb:Scan', 'dynamodb:Query', 'dynamodb:DescribeTable'],
    projectionTable: [...CHECKPOINTS, 'dynamodb:Query'],
  },
  /** Lock and checkpoints are in the projection table. The projections' own permissions come besides. */
  streamPoller: {
    table: ['dynamodb:DescribeTable', 'dynamodb:Query'],
    anyStream: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
    projectionTable: [...CHECKPOINTS, 'dynamodb:Query'],
  },
  deleteProjection: { projectionTable: ['dynamodb:Scan', 'dynamodb:BatchWriteItem'] },

  /** `runOnce`, on the table of its results. What its command reads and pushes comes besides. */
  runOnce: { projectionTable: ['dynamodb:Query', 'dynamodb:PutItem'] },

  /** Reads of an adapter with `encryption`, and `isForgotten`, on the table of its keys. `kms:Decrypt` besides, with KMS. */
  readSubjectKeys: { projectionTable: ['dynamodb:Query'] },
  /** Pushes of an adapter with `encryption`, on the table of its keys. `kms:Decrypt` and `kms:GenerateDataKey` besides. */
  writeSubjectKeys: { projectionTable: ['dynamodb:Query', 'dynamodb:PutItem'] },
  /** `forget`. Nothing of KMS. */
  forgetSubject: { projectionTable: ['dynamodb:PutItem'] },
  /** `rewrap`. `kms:Decrypt` on the former key of KMS, `kms:Decrypt` and `kms:Encrypt` on the new one besides. */
  rewrapSubjectKeys: { projectionTable: ['dynamodb:Scan', 'dynamodb:PutItem'] },

  /** `handler` of `createFeedHandlers`: connections, and what they have missed. `execute-api:ManageConnections` besides. */
  liveFeedConnections: { projectionTable: LIVE_FEED, table: ['dynamodb:Query'] },
  /** `projection` of `createFeedHandlers`, in a stream handler. `execute-api:ManageConnections` besides. */
  liveFeedDeliveries: { projectionTable: [...LIVE_FEED, 'dynamodb:BatchGetItem'] },

  /** With `pointInTimeRecovery: true`, `enablePointInTimeRecovery` besides. */
  createEventTable: { table: ['dynamodb:CreateTable', 'dynamodb:DescribeTable'] },
  enablePointInTimeRecovery: { table: ['dynamodb:UpdateContinuousBackups'] },
  describeEventTable: { table: ['dynamodb:DescribeTable'] },
  deleteEventTable: { table: ['dynamodb:DeleteTable', 'dynamodb:DescribeTable'] },
  /** With `timeToLive: true`, `enableTimeToLive` besides. */
  createProjectionTable: { projectionTable: ['dynamodb:CreateTable', 'dynamodb:DescribeTable'] },
  enableTimeToLive: { projectionTable: ['dynamodb:DescribeTimeToLive', 'dynamodb:UpdateTimeToLive'] },
} as const satisfies Record<string, EventTablePermissions>;

/**
 * @example
 * const isPush = (operation: EventTableOperation): boolean => operation.startsWith('push');
 */
export type EventTableOperation = keyof typeof eventTableOperations;
