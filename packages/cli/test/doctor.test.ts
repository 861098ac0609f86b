import {
  DeleteItemCommand,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '@castore-dynamodb/snapshots';
import {
  createProjectionTable,
  DynamoDbCheckpointStore,
  type Projection,
  projection,
  replayEvents,
} from '@castore-dynamodb/streams';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';
import { describeOnEveryLayout, newAdapter, newAggregateId } from '@castore-dynamodb/testing/eventTables';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';

import type { Finding } from '../src/doctor/finding.js';
import { startDenyingProxy } from './denyingProxy.js';
import { runCommand } from './runCommand.js';
import { newTrainers } from './trainers.js';

describeOnEveryLayout('doctor', ({ engine, layout, dynamoDbClient, tableNames: { events: tableName } }) => {
  const pokemons = newPokemons(newAdapter(layout, { tableName, dynamoDbClient }));
  const stored = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
  const snapshotting = withSnapshots(pokemons, { storage: stored, reducerVersion: '1', policy: everyNEvents(1) });
  const projectionTable = uniqueTableName('views');
  const env = { AWS_ENDPOINT_URL: engine.endpoint };
  const storeId = layout === 'single-table' ? 'POKEMONS' : tableName;
  const partitionKey = (aggregateId: string) => (layout === 'single-table' ? `POKEMONS#${aggregateId}` : aggregateId);
  const indexValue = layout === 'single-table' ? { S: 'POKEMONS' } : { N: '1' };
  const indexKey = layout === 'single-table' ? 'eventStoreId' : 'isInitialEvent';
  let failing = false;

  const newProjection = (): Projection =>
    newTrainers({
      pokemons,
      dynamoDbClient,
      tableName: projectionTable,
      onLevelUp: () => {
        if (failing) throw new RangeError('no');
      },
    });

  const push = async (aggregateId: string, ...versions: number[]) => {
    for (const version of versions) {
      const timestamp = `2026-01-0${version}T00:00:00.000Z`;
      await pokemons.pushEvent({ aggregateId, version, timestamp, type: 'POKEMON_LEVELED_UP', payload: { by: 1 } });
    }
  };
  const key = (aggregateId: string, version: number) => ({
    aggregateId: { S: partitionKey(aggregateId) },
    version: { N: String(version) },
  });
  const remove = (aggregateId: string, version: number) =>
    dynamoDbClient.send(new DeleteItemCommand({ TableName: tableName, Key: key(aggregateId, version) }));

  /** What is found of a table alone, but for what is known of its stream. */
  const find = async (...argv: string[]): Promise<Finding[]> => {
    const { lines } = await runCommand(['doctor', '-t', tableName, '--json', ...argv], { env });
    return (lines as Finding[]).filter(({ severity }) => severity === 'problem');
  };
  const findConfigured = async (trainers: Projection | undefined, ...argv: string[]) => {
    const config = { eventStores: [snapshotting], projections: trainers === undefined ? [] : [trainers] };
    const { lines, ...ran } = await runCommand(['doctor', '--json', ...argv], { env, config });
    return { ...ran, findings: (lines as Finding[]).filter(({ check }) => check !== 'stream') };
  };

  beforeAll(() => createProjectionTable(dynamoDbClient, { tableName: projectionTable }));

  it('finds nothing in an empty table, nor in a sound one, and says what it has looked at', async () => {
    const empty = await runCommand(['doctor', '-t', tableName], { env });
    expect(empty).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^remark: stream: .* has no stream\.\n/),
    });
    expect(empty.stderr).toMatch(/0 problems, 1 remark\. Looked at 0 aggregates, a page of each table/);
    await push('sound', 1, 2, 3);
    await expect(find()).resolves.toEqual([]);
    const scanned = await runCommand(['doctor', '-t', tableName, '--scan'], { env });
    expect(scanned).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/Reads all of .*Looked at 1 aggregate/s),
    });
    expect(scanned.stderr).toMatch(/requests, [\d.]+ read units?\n$/);
    await expect(find('POKEMONS')).resolves.toEqual([]);
    await expect(find('POKEMONS', 'nobody')).resolves.toEqual([]);
  });

  it('finds a gap, and no more once the event is there again', async () => {
    const id = newAggregateId();
    await push(id, 1, 2, 3, 4);
    await remove(id, 2);
    await remove(id, 3);
    const message = expect.stringMatching(/^Versions 2 to 3 of .+ are missing before version 4\.$/);
    const expected = [{ check: 'gap', aggregateId: id, version: 2, message }];
    await expect(find()).resolves.toMatchObject(expected);
    await expect(find('POKEMONS', id)).resolves.toMatchObject(expected);
    await expect(find('POKEMONS')).resolves.toMatchObject(expected);
    expect((await runCommand(['doctor', '-t', tableName], { env })).exitCode).toBe(3);
    await push(id, 2, 3);
    await expect(find()).resolves.toEqual([]);
  });

  it('finds aggregates that are not listed, and those that are listed twice; its requests mend both', async () => {
    const [unlisted, twice] = [newAggregateId(), newAggregateId()];
    await push(unlisted, 1, 2);
    await push(twice, 1, 2);
    const update = (aggregateId: string, version: number, expression: string, values = {}) =>
      dynamoDbClient.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: key(aggregateId, version),
          UpdateExpression: expression,
          ExpressionAttributeNames: { '#key': indexKey },
          ...values,
        }),
      );
    await update(unlisted, 1, 'REMOVE #key');
    await update(twice, 2, 'SET #key = :key', { ExpressionAttributeValues: { ':key': indexValue } });

    const found = await find('--scan');
    expect(found).toHaveLength(2);
    expect(found).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ check: 'unlisted-aggregate', aggregateId: unlisted, eventStoreId: storeId }),
        expect.objectContaining({ check: 'duplicated-first-event', aggregateId: twice, version: 2 }),
      ]),
    );
    for (const { request } of found) await dynamoDbClient.send(new UpdateItemCommand(request?.input as never));
    await expect(find('--scan')).resolves.toEqual([]);
    const { aggregateIds } = await pokemons.listAggregateIds();
    expect(aggregateIds.filter(({ aggregateId }) => [unlisted, twice].includes(aggregateId))).toHaveLength(2);
  });

  it('finds foreign items, and shows their keys without what they would do to a terminal', async () => {
    const Item = { ...key('\u001B[2J\u202E', 1), note: { S: 'secret' } };
    await dynamoDbClient.send(new PutItemCommand({ TableName: tableName, Item }));
    const half = { ...key('half', 0), type: { S: 'A' }, timestamp: { S: '2026' } };
    await dynamoDbClient.send(new PutItemCommand({ TableName: tableName, Item: half }));
    const { stdout, exitCode } = await runCommand(['doctor', '-t', tableName], { env });
    expect(exitCode).toBe(3);
    expect(stdout.match(/problem: foreign-item/g)).toHaveLength(2);
    expect(stdout).not.toMatch(/[\p{Cf}]|secret/u);
    await dynamoDbClient.send(new DeleteItemCommand({ TableName: tableName, Key: key('\u001B[2J\u202E', 1) }));
    // The longest key that DynamoDB has, and Castore's own empty id, are looked at like any other.
    const longest = { aggregateId: { S: `${'x'.repeat(2047)}#` }, version: { N: '1' } };
    const event = { type: { S: 'A' }, timestamp: { S: '2026-01-01T00:00:00.000Z' } };
    await dynamoDbClient.send(
      new PutItemCommand({ TableName: tableName, Item: { ...event, ...longest, [indexKey]: indexValue } }),
    );
    expect(await find()).toHaveLength(layout === 'single-table' ? 2 : 1);
    await dynamoDbClient.send(new DeleteItemCommand({ TableName: tableName, Key: longest }));
    await remove('half', 0);
    await expect(find()).resolves.toEqual([]);
  });

  it('finds snapshots that are ahead or stale, until they are deleted', async () => {
    const [ahead, stale] = [newAggregateId(), newAggregateId()];
    for (const id of [ahead, stale]) {
      await push(id, 1, 2);
      await snapshotting.getAggregate(id);
    }
    await snapshotting.snapshots.settled();
    await expect(findConfigured(undefined)).resolves.toMatchObject({ exitCode: 0, findings: [] });
    await remove(ahead, 2);
    await remove(stale, 2);
    await pokemons.pushEvent({ aggregateId: stale, version: 2, type: 'POKEMON_LEVELED_UP', payload: { by: 9 } });
    const { exitCode, findings } = await findConfigured(undefined);
    expect(exitCode).toBe(3);
    expect(findings).toHaveLength(2);
    expect(findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ check: 'snapshot', aggregateId: ahead, message: expect.stringContaining('ahead') }),
        expect.objectContaining({ check: 'snapshot', aggregateId: stale, message: expect.stringContaining('stale') }),
      ]),
    );
    for (const id of [ahead, stale]) {
      await runCommand(['snapshots', 'delete', 'POKEMONS', id, '--write'], {
        env,
        config: { eventStores: [snapshotting] },
      });
    }
    await expect(findConfigured(undefined)).resolves.toMatchObject({ exitCode: 0, findings: [] });
  });

  it('finds a projection that is behind and what it has parked, until it is replayed and retried', async () => {
    const trainers = newProjection();
    const parkedId = newAggregateId();
    const behind = await findConfigured(trainers);
    expect(behind.exitCode).toBe(3);
    expect(behind.findings).toMatchObject([
      { check: 'projection-behind', projection: trainers.name, message: expect.stringContaining('2026-01-01T') },
    ]);
    const lenient = await findConfigured(trainers, '--max-lag', '999999999');
    expect(lenient).toMatchObject({ exitCode: 3, findings: [] });

    await replayEvents({ projections: [trainers] });
    await push(parkedId, 1);
    failing = true;
    await replayEvents({ projections: [trainers], maxAttempts: 1, onFailure: () => undefined });
    failing = false;
    await expect(findConfigured(trainers)).resolves.toMatchObject({
      findings: [{ check: 'parked-aggregate', aggregateId: parkedId, version: 1 }],
    });
    const config = { eventStores: [snapshotting], projections: [trainers] };
    await runCommand(['parked', 'retry', trainers.name, '--write'], { env, config });
    await expect(findConfigured(trainers)).resolves.toMatchObject({ findings: [] });
  });

  it('finds that the table of a projection is not there', async () => {
    const trainers = projection({
      name: 'nowhere',
      eventStores: [pokemons],
      checkpoints: new DynamoDbCheckpointStore({ tableName: 'no-such-views', dynamoDbClient }),
      on: {},
    });
    await expect(findConfigured(trainers)).resolves.toMatchObject({
      exitCode: 3,
      findings: [{ check: 'table', tableName: 'no-such-views', projection: 'nowhere' }],
    });
  });

  it('finds a stream that is missing or holds no new images, and a table that is none', async () => {
    const config = { eventStores: [snapshotting], projections: [newProjection()] };
    const streamOf = async () => {
      const { lines } = await runCommand(['doctor', '--json', '--max-lag', '999999999'], { env, config });
      return (lines as Finding[]).filter(({ check }) => check === 'stream');
    };
    await expect(streamOf()).resolves.toMatchObject([
      { severity: 'problem', message: expect.stringContaining('no stream') },
    ]);
    const stream = (StreamSpecification: UpdateTableCommand['input']['StreamSpecification']) =>
      dynamoDbClient.send(new UpdateTableCommand({ TableName: tableName, StreamSpecification }));
    await stream({ StreamEnabled: true, StreamViewType: 'KEYS_ONLY' });
    await expect(streamOf()).resolves.toMatchObject([
      { severity: 'problem', message: expect.stringContaining('KEYS_ONLY') },
    ]);
    await stream({ StreamEnabled: false });
    await stream({ StreamEnabled: true, StreamViewType: 'NEW_IMAGE' });
    await expect(streamOf()).resolves.toEqual([]);

    const none = await runCommand(['doctor', '-t', projectionTable, '--json'], { env });
    expect(none).toMatchObject({
      exitCode: 3,
      lines: [{ check: 'table', message: expect.stringContaining('not an event table') }],
    });
    const missing = await runCommand(['doctor', '-t', 'no-such-table', '--json'], { env });
    expect(missing).toMatchObject({
      exitCode: 3,
      lines: [{ check: 'table', message: expect.stringContaining('no table') }],
    });
  });

  it('names each permission that is missing, and makes the other checks all the same', async () => {
    const denied = async (...operations: string[]) => {
      await using proxy = await startDenyingProxy(engine.endpoint, operations);
      const argv = ['doctor', '-t', tableName, '--operations', 'getEvents,listAggregateIds,pushEvent,deleteAggregate'];
      // Awaited here, as the proxy ends with this function.
      return await runCommand([...argv, '--json', '--endpoint-url', proxy.endpoint]);
    };
    const items = async () => (await dynamoDbClient.send(new ScanCommand({ TableName: tableName }))).Count;
    const before = await items();
    await expect(denied()).resolves.toMatchObject({ exitCode: 0, stderr: expect.stringContaining('0 problems') });
    const some = await denied('Query index', 'PutItem', 'TransactWriteItems', 'Scan');
    expect(some.exitCode).toBe(3);
    const missing = (some.lines as Finding[]).filter(({ check }) => check === 'missing-permission');
    expect(missing.map(({ message }) => message)).toEqual([
      expect.stringContaining('listAggregateIds needs it'),
      expect.stringContaining('dynamodb:PutItem'),
      expect.stringContaining('deleteAggregate needs it'),
      expect.stringContaining('the content could not be looked at'),
    ]);
    const all = await denied('DescribeTable', 'Query', 'Query index', 'Scan');
    expect((all.lines as Finding[]).map(({ action }) => action)).toEqual(['dynamodb:DescribeTable']);
    await expect(items()).resolves.toBe(before);
    expect(missing.map(({ remedy }) => remedy)).toEqual([
      expect.stringContaining('Allow dynamodb:Query.'),
      expect.stringContaining('Allow dynamodb:PutItem.'),
      expect.stringContaining('Allow dynamodb:'),
      expect.stringContaining('Allow dynamodb:Scan.'),
    ]);

    const unknown = await runCommand(['doctor', '-t', tableName, '--operations', 'fly'], { env });
    expect(unknown).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('There is no operation "fly"') });
  });

  it('reads no more than it may', async () => {
    const large = newPokemons(newAdapter(layout, { tableName, dynamoDbClient }));
    const payload = 'x'.repeat(300_000);
    for (const version of [1, 2, 3, 4, 5]) {
      await large.pushEvent({ aggregateId: 'large', version, type: 'POKEMON_NAMED', payload });
    }
    const { exitCode, stderr } = await runCommand(['doctor', '-t', tableName, '--scan', '--max-read-units', '1'], {
      env,
    });
    // Where an engine counts its items at once, the price is known, and nothing is begun.
    expect([2, 4]).toContain(exitCode);
    expect(stderr).toContain('--max-read-units');
  });
});
