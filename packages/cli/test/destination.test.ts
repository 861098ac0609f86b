import { join } from 'node:path';

import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { describeOnEveryLayout } from '@castore-dynamodb/testing/eventTables';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';

import { environmentOf } from '../src/connection/client.js';
import { runProgram } from './runProgram.js';

const NOBODY_IS_LOGGED_IN = {
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_REGION: undefined,
  AWS_PROFILE: undefined,
};

describeOnEveryLayout(
  'the clients of a configuration',
  ({ engine, tableNames: { events: tableName }, dynamoDbClient }) => {
    const pokemons = newPokemons(new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient }));
    const events = async () => (await pokemons.getEvents('a')).events.length;
    const push = ['push', 'POKEMONS', 'a', 'POKEMON_LEVELED_UP', '--write'];
    const run = (project: string, ...options: string[]) =>
      runProgram([...push, ...options], join(__dirname, project), {
        ...NOBODY_IS_LOGGED_IN,
        TEST_TABLE: tableName,
        TEST_ENDPOINT: engine.endpoint,
      });

    it('go where --endpoint-url says, and need nothing else at a local engine', async () => {
      expect(await run('environmentProject', '--endpoint-url', engine.endpoint)).toMatchObject({ exitCode: 0 });
      expect(await events()).toBe(1);
    });

    it('are not asked at a local engine for a login of AWS_PROFILE, for a table alone', async () => {
      const argv = ['events', 'POKEMONS', 'a', '-t', tableName, '--endpoint-url', engine.endpoint];
      const env = { ...NOBODY_IS_LOGGED_IN, AWS_PROFILE: 'expired' };
      expect(await runProgram(argv, __dirname, env)).toMatchObject({ exitCode: 0 });
    });

    it('have no region that nobody names', async () => {
      expect(await run('environmentProject')).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('error No region. Give --region or AWS_REGION.\n'),
      });
    });

    it.each([
      [
        ['--endpoint-url', 'http://127.0.0.1:1'],
        `--endpoint-url http://127.0.0.1:1 has no effect: a client of the configuration would send this request to ${new URL(engine.endpoint).origin}.`,
      ],
      [['--region', 'eu-west-1'], '--region "eu-west-1" has no effect: a client of the configuration works in "local"'],
    ])(
      'send nothing if they have an address of their own and the command is called with %j',
      async (options, message) => {
        const before = await events();
        const { exitCode, stderr } = await run('project', ...options);
        expect(stderr).toContain(message);
        expect(exitCode).toBe(2);
        expect(await events()).toBe(before);
      },
    );
  },
  { layouts: ['single-table'], engines: 'one' },
);

describe('the environment of a configuration', () => {
  const local = 'http://localhost:8000';
  it.each([
    [{}, {}, {}],
    [{ region: 'eu-west-1', profile: 'me' }, {}, { AWS_REGION: 'eu-west-1', AWS_PROFILE: 'me' }],
    [
      { endpointUrl: 'https://vpce.example.com' },
      {},
      {
        AWS_ENDPOINT_URL_DYNAMODB: 'https://vpce.example.com',
        AWS_ENDPOINT_URL_DYNAMODB_STREAMS: 'https://vpce.example.com',
      },
    ],
    [
      {},
      { AWS_ENDPOINT_URL_DYNAMODB: local },
      {
        AWS_ENDPOINT_URL_DYNAMODB_STREAMS: local,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_REGION: 'local',
      },
    ],
    [
      {},
      { AWS_ENDPOINT_URL_DYNAMODB: local, AWS_PROFILE: 'me', AWS_REGION: 'eu-west-1' },
      { AWS_ENDPOINT_URL_DYNAMODB_STREAMS: local },
    ],
    [{}, { AWS_ENDPOINT_URL_DYNAMODB: 'https://vpce.example.com' }, {}],
  ])('has for the options %j and %j what the command adds', (options, env, added) => {
    expect(environmentOf(options, env)).toStrictEqual(added);
  });
});
