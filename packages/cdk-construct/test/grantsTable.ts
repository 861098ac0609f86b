import {
  type EventTableOperation,
  type EventTablePermissions,
  type EventTableResource,
  eventTableOperations,
  type LargeEventOperation,
  largeEventOperations,
} from '@castore-dynamodb/table';

import type { EventBucketBase, IEventTable, ProjectionTable } from '../src/index.js';

type GrantOf<TABLE> = Extract<keyof TABLE, `grant${string}`>;

interface Grant {
  readonly for: string;
  readonly operations: readonly EventTableOperation[];
  readonly on: readonly EventTableResource[];
}

const onTable = (operation: EventTableOperation, what: string): Grant => ({
  for: what,
  operations: [operation],
  on: ['table', 'index', 'anyStream'],
});
const ofSnapshots = (operation: EventTableOperation, what: string): Grant => ({
  for: what,
  operations: [operation],
  on: ['snapshotTable'],
});
const onProjectionTable = (operation: EventTableOperation, what: string): Grant => ({
  for: what,
  operations: [operation],
  on: ['projectionTable'],
});

/** What each grant of an event table is for, in the README's words. One without a row does not compile. */
export const EVENT_TABLE_GRANTS: Record<GrantOf<IEventTable>, Grant> = {
  grantGetEvents: onTable('getEvents', '`getEvents`, `streamEvents`, `getAggregate`'),
  grantPushEvent: onTable('pushEvent', '`pushEvent`, event groups and transactions'),
  grantListAggregateIds: onTable('listAggregateIds', '`listAggregateIds`'),
  grantReadWrite: {
    for: 'the three above',
    operations: ['getEvents', 'pushEvent', 'listAggregateIds'],
    on: ['table', 'index'],
  },
  grantCheckUnchanged: onTable('checkUnchanged', '`unchanged`, in a transaction'),
  grantReadAllEvents: onTable('readAllEvents', '`readAllEvents`'),
  grantSortAllEvents: onTable('sortAllEvents', '`readAllEvents` with `sortOnDisk`, the Scan of `snapshots.build`'),
  grantReplayEvents: onTable('replayEvents', '`replayEvents`'),
  grantStreamPoller: onTable('streamPoller', '`StreamPoller`'),
  grantDescribeEventTable: onTable('describeEventTable', '`describeEventTable`'),
  grantReadSnapshots: ofSnapshots('readSnapshots', 'loads from snapshots'),
  grantWriteSnapshots: ofSnapshots('writeSnapshots', 'snapshots that loads and pushes cause'),
  grantDeleteSnapshots: ofSnapshots(
    'deleteSnapshots',
    '`retention: { newest }`, pushes with `force`, `snapshots.deleteOf`',
  ),
  grantMaintainSnapshots: ofSnapshots('maintainSnapshots', '`snapshots.build`, `snapshots.deleteOutdated`'),
  grantRedactEvents: onTable('redactEvents', '`redactEvent`, `eraseAggregate`, `redactionsOf`'),
  grantDeleteAggregate: onTable('deleteAggregate', '`deleteAggregate`'),
  grantDeleteEventStore: onTable('deleteEventStore', '`deleteEventStore`'),
};

/** Likewise for a table of projections. */
export const PROJECTION_TABLE_GRANTS: Record<GrantOf<ProjectionTable>, Grant> = {
  grantProjections: onProjectionTable('dynamoDbProjection', 'projections in a handler, a poller or a replay'),
  grantGetView: onProjectionTable('getView', '`getView`'),
  grantListParked: onProjectionTable('listParked', '`listParked`'),
  grantRetryParked: onProjectionTable('retryParked', '`retryParked`, with `grantGetEvents` of the event table'),
  grantReplayEvents: onProjectionTable('replayEvents', '`replayEvents` and its projections'),
  grantStreamPoller: onProjectionTable('streamPoller', '`StreamPoller` and its projections'),
  grantDeleteProjection: onProjectionTable('deleteProjection', '`deleteProjection`'),
  grantRunOnce: onProjectionTable('runOnce', '`runOnce`, with what its command reads and pushes'),
  grantLiveFeedConnections: onProjectionTable('liveFeedConnections', '`handler` of `createFeedHandlers`'),
  grantLiveFeedDeliveries: onProjectionTable('liveFeedDeliveries', '`projection` of `createFeedHandlers`'),
  grantReadSubjectKeys: onProjectionTable('readSubjectKeys', 'reads of an adapter with `encryption`, `isForgotten`'),
  grantWriteSubjectKeys: onProjectionTable('writeSubjectKeys', 'pushes and reads of an adapter with `encryption`'),
  grantForgetSubject: onProjectionTable('forgetSubject', '`forget`'),
  grantRewrapSubjectKeys: onProjectionTable('rewrapSubjectKeys', '`rewrap`'),
};

/** Likewise for a bucket of large events. */
const EVENT_BUCKET_GRANTS: Record<GrantOf<EventBucketBase>, readonly [string, ...LargeEventOperation[]]> = {
  grantReadLargeEvents: ['whatever reads events, pushes for the winning event of a conflict', 'readLargeEvents'],
  grantWriteLargeEvents: ['pushes', 'writeLargeEvents'],
  grantReadWriteLargeEvents: ['both', 'readLargeEvents', 'writeLargeEvents'],
};
const BUCKET_PLACES = { objects: 'the objects', bucket: 'the bucket' };

export const bucketGrantsTable = (): string =>
  [
    '| method | for | allows |',
    '| --- | --- | --- |',
    ...Object.entries(EVENT_BUCKET_GRANTS).map(([method, [what, ...operations]]) => {
      const allows = operations.flatMap(operation =>
        Object.entries<readonly string[]>(largeEventOperations[operation]).map(
          ([resource, actions]) =>
            `${actions.map(action => `\`${action}\``).join(', ')} on ${BUCKET_PLACES[resource as keyof typeof BUCKET_PLACES]}`,
        ),
      );
      return `| \`${method}\` | ${what} | ${allows.join('; ')} |`;
    }),
  ].join('\n');

const PLACES: Record<EventTableResource, string> = {
  table: 'the table',
  index: 'the index alone',
  stream: 'its stream',
  anyStream: 'any stream of the table',
  projectionTable: 'the table',
  snapshotTable: 'the table',
};

/** The table of grants, as the README shows it. */
export const grantsTable = (grants: Record<string, Grant>): string =>
  [
    '| method | for | allows |',
    '| --- | --- | --- |',
    ...Object.entries(grants).map(
      ([method, { for: what, operations, on }]) => `| \`${method}\` | ${what} | ${allowed(operations, on)} |`,
    ),
  ].join('\n');

const allowed = (operations: Grant['operations'], on: Grant['on']): string =>
  operations
    .flatMap(operation => {
      const permissions: EventTablePermissions = eventTableOperations[operation];
      return Object.entries(permissions)
        .filter(([resource]) => on.includes(resource as EventTableResource))
        .map(([resource, actions]) => {
          const names = actions.map(action => `\`${action.replace('dynamodb:', '')}\``);
          return `${names.join(', ')} on ${PLACES[resource as EventTableResource]}`;
        });
    })
    .join('; ');
