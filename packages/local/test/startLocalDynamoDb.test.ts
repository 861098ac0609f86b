import { CreateTableCommand, type DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient, ListStreamsCommand } from '@aws-sdk/client-dynamodb-streams';
import { describeOnEveryEngine, describeOnSomeEngine } from '@castore-dynamodb/testing/engines';

import { localClientConfig, type StartLocalDynamoDbOptions, startLocalDynamoDb } from '../src/index.js';
import { processesOf } from './programs/processes.js';

const createTable = (client: DynamoDBClient, TableName: string) =>
  client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );

const tableNames = async (client: DynamoDBClient) => (await client.send(new ListTablesCommand({}))).TableNames;

describeOnEveryEngine('startLocalDynamoDb', ({ engine }) => {
  it('resolves when tables can be created, and ends the process when it is stopped', async () => {
    const dynamoDb = await startLocalDynamoDb({ engine });

    expect(dynamoDb.engine).toBe(engine);
    expect(await tableNames(dynamoDb.dynamoDbClient)).toEqual([]);
    await createTable(dynamoDb.dynamoDbClient, 'events');

    expect(processesOf(dynamoDb.endpoint)).not.toEqual([]);
    await Promise.all([dynamoDb.stop(), dynamoDb.stop()]);
    expect(processesOf(dynamoDb.endpoint)).toEqual([]);
    await dynamoDb.stop();
  });
});

describeOnSomeEngine('startLocalDynamoDb', ({ engine, client }) => {
  it('starts as many as are asked for at once, each with its own port and tables', async () => {
    const numbers = [1, 2, 3];
    const dynamoDbs = await Promise.all(numbers.map(() => startLocalDynamoDb({ engine })));
    await Promise.all(dynamoDbs.map(({ dynamoDbClient }, index) => createTable(dynamoDbClient, `events-${index}`)));

    expect(new Set(dynamoDbs.map(({ endpoint }) => endpoint)).size).toBe(numbers.length);
    expect(await Promise.all(dynamoDbs.map(({ dynamoDbClient }) => tableNames(dynamoDbClient)))).toEqual(
      numbers.map((_, index) => [`events-${index}`]),
    );
    await Promise.all(dynamoDbs.map(dynamoDb => dynamoDb.stop()));
  });

  it('serves any client of its endpoint, whatever the region and credentials, until it is disposed of', async () => {
    let endpoint = '';
    {
      await using dynamoDb = await startLocalDynamoDb({ engine });
      endpoint = dynamoDb.endpoint;
      await createTable(dynamoDb.dynamoDbClient, 'events');
      const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'other' };

      expect(await tableNames(client({ endpoint, region: 'eu-west-3', credentials }))).toEqual(['events']);
    }
    expect(processesOf(endpoint)).toEqual([]);
  });

  it('gives what further clients need, as a configuration and as environment variables', async () => {
    await using dynamoDb = await startLocalDynamoDb({ engine });
    const streamsClient = new DynamoDBStreamsClient(dynamoDb.clientConfig);

    expect((await streamsClient.send(new ListStreamsCommand({}))).Streams).toEqual([]);
    expect(dynamoDb.clientConfig).toEqual(localClientConfig(dynamoDb.endpoint));
    expect(dynamoDb.environment).toMatchObject({
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
      AWS_ENDPOINT_URL_DYNAMODB_STREAMS: dynamoDb.endpoint,
    });
    streamsClient.destroy();
  });
});

it.each([
  [{ engine: 'dynalite' }, 'engine', `expected 'dynamodb-local' or 'dynoxide', got "dynalite".`],
  [{ port: 8000 }, 'port', 'there is no such option. The options are engine.'],
  [{ Engine: 'dynoxide' }, 'Engine', 'there is no such option. Did you mean engine?'],
  ['dynoxide', 'options', 'expected an object, got "dynoxide".'],
])('refuses %j by name', async (options, argument, explanation) => {
  await expect(startLocalDynamoDb(options as StartLocalDynamoDbOptions)).rejects.toMatchObject({
    code: 'InvalidArgumentError',
    argument,
    message: `Invalid ${argument}: ${explanation}`,
  });
});
