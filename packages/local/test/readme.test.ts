import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ENGINES } from '@castore-dynamodb/testing/engines';
import { isSoak } from '@castore-dynamodb/testing/preset';

import { STRANGE_ENVIRONMENTS } from './programs/environments.js';
import { processesLeftOf } from './programs/processes.js';
import { type Project, runJest, runNode, runVitest } from './programs/runProject.js';

const PACKAGE = join(__dirname, '..');

/** The code blocks of a text, by the file name in their first line. */
const examplesIn = (path: string): Record<string, string> => {
  const blocks = readFileSync(path, 'utf8').matchAll(/^```js\n\/\/ (\S+)\n(.*?)^```/gms);
  return Object.fromEntries([...blocks].map(([, name, code]) => [name ?? '', code ?? '']));
};

const EXAMPLES = examplesIn(join(PACKAGE, '..', '..', 'docs', 'packages', 'local.md'));

const filesOf = (...names: string[]): Project => Object.fromEntries(names.map(name => [name, EXAMPLES[name] ?? '']));

/** A user's code, which knows nothing of the set-up. */
const LIST_TABLES = `
  const listTables = async () => {
    const { TableNames } = await new DynamoDBClient().send(new ListTablesCommand({}));
    const { Streams } = await new DynamoDBStreamsClient().send(new ListStreamsCommand({}));
    process.stdout.write(TableNames.length + Streams.length + ' tables at ' + process.env.AWS_ENDPOINT_URL_DYNAMODB);
  };
`;

const JEST_TEST = `
  const { DynamoDBClient, ListTablesCommand } = require('@aws-sdk/client-dynamodb');
  const { DynamoDBStreamsClient, ListStreamsCommand } = require('@aws-sdk/client-dynamodb-streams');
  ${LIST_TABLES}
  it('lists tables', listTables);
`;

const VITEST_TEST = `
  import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
  import { DynamoDBStreamsClient, ListStreamsCommand } from '@aws-sdk/client-dynamodb-streams';
  import { it } from 'vitest';
  ${LIST_TABLES}
  it('lists tables', listTables);
`;

const ENVIRONMENTS = Object.entries({
  'an ordinary environment': {},
  ...STRANGE_ENVIRONMENTS,
}).filter(([name]) => (isSoak ? /^(an ordinary|all of|both|empty)/ : /^an ordinary/).test(name));

/**
 * Within `npm test`, two examples start DynamoDB Local. The others start Dynoxide, if this machine has it: they show the same
 * of either.
 */
const WITHOUT_JAVA: NodeJS.ProcessEnv = isSoak || !ENGINES.includes('dynoxide') ? {} : { PATH: '', JAVA_HOME: '' };

const endpointIn = (output: string): string => /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] ?? `none in: ${output}`;

it('the first example runs', async () => {
  const { exitCode, output } = await runNode(filesOf('example.mjs'), 'example.mjs');

  expect(output).toMatch(/^(dynamodb-local|dynoxide) answers at http:/);
  expect(output).toContain('TableNames: []');
  expect(exitCode).toBe(0);
  expect(await processesLeftOf(endpointIn(output))).toEqual([]);
});

it('the example of another client runs', async () => {
  const { exitCode, output } = await runNode(filesOf('streams.mjs'), 'streams.mjs', WITHOUT_JAVA);

  expect(output).toContain('Streams: []');
  expect(exitCode).toBe(0);
});

it.each(ENVIRONMENTS)('the set-up for Jest gives a DynamoDB to the tests, in %s', async (_, env) => {
  const { exitCode, output } = await runJest(
    { ...filesOf('startDynamoDb.mjs', 'stopDynamoDb.mjs', 'jest.config.mjs'), 'some.test.js': JEST_TEST },
    { ...WITHOUT_JAVA, ...env },
  );

  expect(output).toContain('0 tables at http:');
  expect(exitCode).toBe(0);
  expect(await processesLeftOf(endpointIn(output))).toEqual([]);
});

it.each(ENVIRONMENTS)('the set-up for Vitest gives a DynamoDB to the tests, in %s', async (_, env) => {
  const { exitCode, output } = await runVitest(
    { ...filesOf('startDynamoDb.vitest.mjs', 'vitest.config.mjs'), 'some.test.mjs': VITEST_TEST },
    env,
  );

  expect(output).toContain('0 tables at http:');
  expect(exitCode).toBe(0);
  expect(await processesLeftOf(endpointIn(output))).toEqual([]);
});

it('a set-up for Jest that fails after the start leaves no process', async () => {
  const { exitCode, output } = await runJest(
    {
      ...filesOf('startDynamoDb.mjs', 'stopDynamoDb.mjs', 'jest.config.mjs'),
      'jest.config.mjs': `export default { globalSetup: './failing.mjs' };`,
      'failing.mjs': `
      import start from './startDynamoDb.mjs';
      export default async () => {
        await start();
        throw new Error('on purpose, after ' + process.env.AWS_ENDPOINT_URL_DYNAMODB);
      };`,
      'some.test.js': `it('is not reached', () => undefined);`,
    },
    WITHOUT_JAVA,
  );

  expect(output).toContain('on purpose');
  expect(exitCode).toBe(1);
  expect(await processesLeftOf(endpointIn(output))).toEqual([]);
});

it('the README shows the same examples', () => {
  const shown = examplesIn(join(PACKAGE, 'README.md'));
  expect(Object.keys(shown)).toContain('example.mjs');
  expect(EXAMPLES).toMatchObject(shown);
});

it('every example of the page is one of those', () => {
  expect(Object.keys(EXAMPLES).toSorted()).toEqual([
    'example.mjs',
    'jest.config.mjs',
    'startDynamoDb.mjs',
    'startDynamoDb.vitest.mjs',
    'stopDynamoDb.mjs',
    'streams.mjs',
    'vitest.config.mjs',
  ]);
});
