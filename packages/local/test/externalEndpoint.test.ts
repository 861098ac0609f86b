import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { describeOnSomeEngine } from '@castore-dynamodb/testing/engines';

import { connectToEndpoint } from '../src/endpoint.js';
import { reservePort } from '../src/freePort.js';
import { EndpointUnusableError, startLocalDynamoDb } from '../src/index.js';

const originalEnvironment = process.env;

/** What the AWS SDK of a user without any configuration reads. */
const WITHOUT_CONFIGURATION = {
  AWS_CONFIG_FILE: '/nowhere/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

const setEnvironment = (environment: NodeJS.ProcessEnv): void => {
  const withoutAws = Object.entries(originalEnvironment).filter(([name]) => !name.startsWith('AWS_'));
  process.env = { ...Object.fromEntries(withoutAws), ...WITHOUT_CONFIGURATION, ...environment };
};

afterEach(() => {
  process.env = originalEnvironment;
});

describeOnSomeEngine('DYNAMODB_ENDPOINT', ({ engine, endpoint, client }) => {
  it('is used instead of an engine of our own, and is not stopped', async () => {
    setEnvironment({ DYNAMODB_ENDPOINT: endpoint });
    const dynamoDb = await startLocalDynamoDb();

    expect(dynamoDb).toMatchObject({ engine: 'external', endpoint });
    await dynamoDb.dynamoDbClient.send(new ListTablesCommand({}));
    await dynamoDb.stop();
    await dynamoDb.stop();

    await client().send(new ListTablesCommand({}));
  });

  it('does not count if an engine is asked for', async () => {
    setEnvironment({ DYNAMODB_ENDPOINT: endpoint });
    await using dynamoDb = await startLocalDynamoDb({ engine });

    expect(dynamoDb.engine).toBe(engine);
    expect(dynamoDb.endpoint).not.toBe(endpoint);
  });

  it("is used with the user's own region and credentials", async () => {
    setEnvironment({
      DYNAMODB_ENDPOINT: endpoint,
      AWS_REGION: 'eu-west-3',
      AWS_ACCESS_KEY_ID: 'theirs',
      AWS_SECRET_ACCESS_KEY: 'secret',
    });
    await using dynamoDb = await startLocalDynamoDb();
    const { config } = dynamoDb.dynamoDbClient;

    expect(dynamoDb.environment).not.toHaveProperty('AWS_ACCESS_KEY_ID');
    expect(await config.region()).toBe('eu-west-3');
    expect(await config.credentials()).toMatchObject({ accessKeyId: 'theirs', secretAccessKey: 'secret' });
  });

  it('is used with made-up ones if the user has none', async () => {
    setEnvironment({ DYNAMODB_ENDPOINT: endpoint });
    await using dynamoDb = await startLocalDynamoDb();
    const { config } = dynamoDb.dynamoDbClient;

    expect(dynamoDb.environment).toMatchObject({
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_PROFILE: '',
    });
    expect(await config.region()).toBe('us-east-1');
    expect(await config.credentials()).toMatchObject({ accessKeyId: 'local', secretAccessKey: 'local' });
  });
});

describe('DYNAMODB_ENDPOINT that cannot be used', () => {
  it.each(['localhost:8000', 'dynamodb', 'ftp://localhost'])('%s: not a URL of a DynamoDB', async endpoint => {
    setEnvironment({ DYNAMODB_ENDPOINT: endpoint });

    await expect(startLocalDynamoDb()).rejects.toMatchObject({
      name: 'EndpointUnusableError',
      code: 'EndpointUnusableError',
      endpoint,
      message: expect.stringContaining(`DYNAMODB_ENDPOINT is "${endpoint}"`),
    });
  });

  it.each([
    ['ftp://user:secret@localhost', 'ftp://…@localhost'],
    ['http://user:sec@ret@local host/a@b', 'http://…@local host/a@b'],
  ])('%s: shown without a password', async (endpoint, shown) => {
    setEnvironment({ DYNAMODB_ENDPOINT: endpoint });

    await expect(startLocalDynamoDb()).rejects.toMatchObject({ code: 'EndpointUnusableError', endpoint: shown });
    await expect(startLocalDynamoDb()).rejects.toThrow(`DYNAMODB_ENDPOINT is "${shown}"`);
  });

  it('nothing answers', async () => {
    const { port, release } = await reservePort();
    const connecting = connectToEndpoint(`http://127.0.0.1:${port}`, 200);

    await expect(connecting).rejects.toThrow(EndpointUnusableError);
    await expect(connecting).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await release();
  });
});
