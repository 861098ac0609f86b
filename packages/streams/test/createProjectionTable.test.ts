import {
  DeleteTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type TimeToLiveDescription,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { describeOnEveryEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';
import { type FaultProxy, startFaultProxy } from '@castore-dynamodb/testing/faultProxy';

import { createProjectionTable } from '../src/index.js';
import { useDeadlinesOfTheSilent } from './support/deadlinesOfTheSilent.js';

describeOnEveryEngine('The time to live of createProjectionTable', engine => {
  useDeadlinesOfTheSilent();
  let proxy: FaultProxy;
  let client: DynamoDBClient;
  let tableName: string;

  beforeEach(async () => {
    proxy = await startFaultProxy(engine.endpoint);
    client = engine.client({ endpoint: proxy.endpoint });
    tableName = uniqueTableName('expiring');
  });
  afterEach(async () => {
    await engine.client().send(new DeleteTableCommand({ TableName: tableName }));
    client.destroy();
    await proxy[Symbol.asyncDispose]();
  });

  const timeToLive = async (): Promise<TimeToLiveDescription | undefined> => {
    const command = new DescribeTimeToLiveCommand({ TableName: tableName });
    return (await engine.client().send(command)).TimeToLiveDescription;
  };
  const ON = { AttributeName: 'expiresAt', TimeToLiveStatus: 'ENABLED' };
  const operations = (): string[] => proxy.requests.splice(0).map(({ operation }) => operation);

  it.each([{}, { timeToLive: false }])('is off without the option, and asks for nothing: %j', async options => {
    await createProjectionTable(client, { tableName, ...options });
    expect(operations()).toStrictEqual(['CreateTable', 'DescribeTable']);
    await expect(timeToLive()).resolves.toStrictEqual({ TimeToLiveStatus: 'DISABLED' });
  });

  it('is on with it, and stays so', async () => {
    await createProjectionTable(client, { tableName, timeToLive: true });
    expect(operations()).toStrictEqual(['CreateTable', 'DescribeTable', 'DescribeTimeToLive', 'UpdateTimeToLive']);
    await expect(timeToLive()).resolves.toStrictEqual(ON);

    await createProjectionTable(client, { tableName, timeToLive: true });
    expect(operations()).toStrictEqual(['CreateTable', 'DescribeTable', 'DescribeTimeToLive']);
    await createProjectionTable(client, { tableName, timeToLive: false });
    await expect(timeToLive()).resolves.toStrictEqual(ON);
  });

  it('is switched on for a table that is there already, also by several at once', async () => {
    await createProjectionTable(client, { tableName });
    await Promise.all(Array.from({ length: 3 }, () => createProjectionTable(client, { tableName, timeToLive: true })));
    await expect(timeToLive()).resolves.toStrictEqual(ON);
  });

  it('is not taken for on if it acts on another attribute', async () => {
    await createProjectionTable(client, { tableName });
    const TimeToLiveSpecification = { AttributeName: 'deleteAt', Enabled: true };
    await client.send(new UpdateTimeToLiveCommand({ TableName: tableName, TimeToLiveSpecification }));
    await expect(createProjectionTable(client, { tableName, timeToLive: true })).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(timeToLive()).resolves.toMatchObject({ AttributeName: 'deleteAt' });
  });

  it('is switched on once if the answer was lost and the SDK sent the request again', async () => {
    let left = 1;
    proxy.choose = ({ operation }) => (operation === 'UpdateTimeToLive' && left-- > 0 ? 'reset after' : undefined);
    await createProjectionTable(client, { tableName, timeToLive: true });
    await expect(timeToLive()).resolves.toStrictEqual(ON);
  });

  it.each(['UpdateTimeToLive', 'DescribeTimeToLive'])('ends a %s that gets no answer', async operation => {
    await createProjectionTable(client, { tableName });
    proxy.choose = request => (request.operation === operation ? 'no answer before' : undefined);
    await expect(createProjectionTable(client, { tableName, timeToLive: true })).rejects.toMatchObject({
      code: 'DeadlineExceededError',
      operation: `${operation} on table ${JSON.stringify(tableName)}`,
    });
  });
});
