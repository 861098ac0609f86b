import { CreateTableCommand, DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { deleteEventTable } from '@castore-dynamodb/adapter';
import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '@castore-dynamodb/snapshots';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';
import { describeOnEveryLayout, newAdapter } from '@castore-dynamodb/testing/eventTables';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';

import type { Finding } from '../src/doctor/finding.js';
import { startDenyingProxy } from './denyingProxy.js';
import { runCommand } from './runCommand.js';
import { itemsOf } from './transfer/support.js';

describeOnEveryLayout('doctor, of a table', ({ engine, layout, dynamoDbClient, tableNames: { events: tableName } }) => {
  const pokemons = newPokemons(newAdapter(layout, { tableName, dynamoDbClient }));
  const env = { AWS_ENDPOINT_URL: engine.endpoint };
  const push = async (aggregateId: string, ...versions: number[]) => {
    for (const version of versions) {
      await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_LEVELED_UP', payload: { by: 1 } });
    }
  };

  it('names each difference from the definition, with its remedy', async () => {
    const other = uniqueTableName('other');
    const indexKey = layout === 'single-table' ? 'eventStoreId' : 'isInitialEvent';
    await dynamoDbClient.send(
      new CreateTableCommand({
        TableName: other,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'aggregateId', KeyType: 'HASH' },
          { AttributeName: 'version', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'aggregateId', AttributeType: 'S' },
          { AttributeName: 'version', AttributeType: 'S' },
          { AttributeName: indexKey, AttributeType: layout === 'single-table' ? 'S' : 'N' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'initialEvents',
            KeySchema: [{ AttributeName: indexKey, KeyType: 'HASH' }],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
      }),
    );
    const { exitCode, lines } = await runCommand(['doctor', '-t', other, '--json', '--operations', 'getEvents'], {
      env,
    });
    await deleteEventTable(dynamoDbClient, { tableName: other });
    const found = (lines as Finding[]).filter(({ check }) => check === 'table');
    expect(exitCode).toBe(3);
    expect(found).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          tableName: other,
          severity: 'problem',
          message: expect.stringMatching(/^sort key|^key/i),
          remedy: expect.stringContaining('Keys cannot be changed'),
        }),
        expect.objectContaining({
          message: expect.stringMatching(/^index/),
          remedy: expect.stringContaining('Delete the index'),
        }),
      ]),
    );
  });

  it('looks at the content of one that it may not describe, and says what is left out', async () => {
    await push('gap', 1, 2, 3);
    const key = layout === 'single-table' ? 'POKEMONS#gap' : 'gap';
    await dynamoDbClient.send(
      new DeleteItemCommand({ TableName: tableName, Key: { aggregateId: { S: key }, version: { N: '2' } } }),
    );
    await using proxy = await startDenyingProxy(engine.endpoint, ['DescribeTable']);
    const argv = ['doctor', '-t', tableName, '--operations', 'getEvents', '--json', '--endpoint-url', proxy.endpoint];
    const { exitCode, lines, stderr } = await runCommand(argv);
    expect(exitCode).toBe(3);
    expect(lines).toMatchObject([
      {
        check: 'missing-permission',
        action: 'dynamodb:DescribeTable',
        message: expect.stringContaining('the table and its stream could not be looked at'),
        remedy: expect.stringContaining('Allow dynamodb:DescribeTable.'),
      },
      { check: 'gap', aggregateId: 'gap', version: 2 },
    ]);
    expect(stderr).toContain('Looked at 1 aggregate');
    await push('gap', 2);
  });

  it('finds a snapshot that cannot be decoded', async () => {
    const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
    const snapshotting = withSnapshots(pokemons, { storage, reducerVersion: '1', policy: everyNEvents(1) });
    await push('torn', 1);
    await snapshotting.getAggregate('torn');
    await snapshotting.snapshots.settled();
    const [snapshot] = (await itemsOf(dynamoDbClient, tableName)).filter(({ state }) => state !== undefined);
    await dynamoDbClient.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: { aggregateId: snapshot?.aggregateId, version: snapshot?.version } as never,
        UpdateExpression: 'SET #state = :state',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':state': { B: new Uint8Array([1, 2, 3]) } },
      }),
    );
    const { exitCode, lines } = await runCommand(['doctor', 'POKEMONS', 'torn', '--json'], {
      env,
      config: { eventStores: [snapshotting] },
    });
    expect(exitCode).toBe(3);
    expect((lines as Finding[]).filter(({ severity }) => severity === 'problem')).toMatchObject([
      {
        check: 'snapshot',
        aggregateId: 'torn',
        version: 1,
        message: expect.stringContaining('cannot be decoded'),
        remedy: expect.stringContaining('snapshots delete POKEMONS'),
      },
    ]);
  });
});
