// An event store on the CommonJS build, snapshots on the ESM build: what an application has that is bundled in part.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , folder, endpoint, tableName, layout] = process.argv;
const esm = await import(pathToFileURL(join(folder, 'copy.mjs')).href);
const require = createRequire(join(folder, 'copy.cjs'));
const cjs = require(join(folder, 'copy.cjs'));
const { DynamoDBClient } = require('@aws-sdk/client-dynamodb');
const { EventStore, EventType } = require('@castore/core');

const warnings = [];
process.on('warning', ({ name, code, message }) => {
  if (name !== 'NodeDeprecationWarning') warnings.push(code ?? message);
});

const dynamoDbClient = new DynamoDBClient({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});
const Adapter =
  cjs[layout === 'single-table' ? 'DynamoDbSingleTableEventStorageAdapter' : 'DynamoDbEventStorageAdapter'];
const eventStore = new EventStore({
  eventStoreId: 'COPIES',
  eventTypes: [new EventType({ type: 'HAPPENED' })],
  reducer: (_, { aggregateId, version }) => ({ aggregateId, version }),
  eventStorageAdapter: new Adapter({ tableName, dynamoDbClient }),
});
const copies = esm.withSnapshots(eventStore, {
  storage: new cjs.DynamoDbSnapshotStorage({ tableName, dynamoDbClient }),
  transactional: true,
  reducerVersion: '1',
  policy: esm.everyNEvents(2),
});

const aggregateId = 'aggregate';
for (const [index, timestamp] of ['2026-01-01T00:00:00.000Z', '2026-01-01T01:00:00.000Z'].entries()) {
  await copies.pushEvent({ aggregateId, version: index + 1, type: 'HAPPENED', timestamp });
}
const versions = [];
for (const at of ['2025-12-31T23:59:59.999', '2026', '2026-01-01T00:59', '2026-01-01T01:00']) {
  versions.push((await copies.getAggregate(aggregateId, { at })).aggregate?.version ?? null);
}
const { snapshot } = await copies.getAggregate(aggregateId);
const conflict = await copies.pushEvent({ aggregateId, version: 2, type: 'HAPPENED' }).catch(({ code }) => code);
await copies.snapshots.settled();
dynamoDbClient.destroy();

console.log(
  JSON.stringify({
    areTwo: esm.DynamoDbSnapshotStorage !== cjs.DynamoDbSnapshotStorage,
    offset: new Date(2026, 0, 1).getTimezoneOffset(),
    versions,
    snapshot: snapshot?.version,
    conflict,
    warnings,
  }),
);
