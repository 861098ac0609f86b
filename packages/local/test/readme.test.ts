import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { processesLeftOf } from './programs/processes.js';
import { type Project, runJest, runNode } from './programs/runProject.js';

const README = readFileSync(join(__dirname, '..', 'README.md'), 'utf8');

/** The code blocks of the README, by the file name in their first line. */
const EXAMPLES = Object.fromEntries(
  [...README.matchAll(/^```js\n\/\/ (\S+)\n(.*?)^```/gms)].map(([, name, code]) => [name ?? '', code ?? '']),
);

const filesOf = (...names: string[]): Project => Object.fromEntries(names.map(name => [name, EXAMPLES[name] ?? '']));

/** A user's code, which knows nothing of the set-up. */
const LIST_TABLES = `
  const { DynamoDBClient, ListTablesCommand } = require('@aws-sdk/client-dynamodb');
  const listTables = async () => {
    const { TableNames } = await new DynamoDBClient().send(new ListTablesCommand({}));
    process.stdout.write(TableNames.length + ' tables at ' + process.env.AWS_ENDPOINT_URL_DYNAMODB + '\\n');
  };
`;

const endpointIn = (output: string): string => /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] ?? `none in: ${output}`;

it('the first example runs', async () => {
  const { exitCode, output } = await runNode(filesOf('example.mjs'), 'example.mjs');

  expect(output).toMatch(/^(dynamodb-local|dynoxide) answers at http:/);
  expect(output).toContain('TableNames: []');
  expect(exitCode).toBe(0);
  expect(await processesLeftOf(endpointIn(output))).toEqual([]);
});

it('the set-up for Jest gives a DynamoDB to the tests', async () => {
  const { exitCode, output } = await runJest({
    ...filesOf('startDynamoDb.mjs', 'stopDynamoDb.mjs', 'jest.config.mjs'),
    'some.test.js': `${LIST_TABLES} it('lists tables', listTables);`,
  });

  expect(output).toContain('0 tables at http:');
  expect(exitCode).toBe(0);
  expect(await processesLeftOf(endpointIn(output))).toEqual([]);
});

it('a set-up for Jest that fails after the start leaves no process', async () => {
  const { exitCode, output } = await runJest({
    ...filesOf('startDynamoDb.mjs', 'stopDynamoDb.mjs', 'jest.config.mjs'),
    'jest.config.mjs': `export default { globalSetup: './failing.mjs' };`,
    'failing.mjs': `
      import start from './startDynamoDb.mjs';
      export default async () => {
        await start();
        throw new Error('on purpose, after ' + process.env.AWS_ENDPOINT_URL_DYNAMODB);
      };`,
    'some.test.js': `it('is not reached', () => undefined);`,
  });

  expect(output).toContain('on purpose');
  expect(exitCode).toBe(1);
  expect(await processesLeftOf(endpointIn(output))).toEqual([]);
});

it('the set-up for Vitest gives a DynamoDB to the tests, and returns how it is ended', async () => {
  const { exitCode, output } = await runNode(
    {
      ...filesOf('startDynamoDb.vitest.mjs', 'vitest.config.mjs'),
      'likeVitest.mjs': `
        import config from './vitest.config.mjs';
        const { default: setUp } = await import(config.test.globalSetup);
        const tearDown = await setUp();
        await import('./listTables.cjs').then(({ default: listTables }) => listTables());
        await tearDown();`,
      'listTables.cjs': `${LIST_TABLES} module.exports = listTables;`,
    },
    'likeVitest.mjs',
  );

  expect(output).toContain('0 tables at http:');
  expect(exitCode).toBe(0);
  expect(await processesLeftOf(endpointIn(output))).toEqual([]);
});

it('every example of the README is one of those', () => {
  expect(Object.keys(EXAMPLES).toSorted()).toEqual([
    'example.mjs',
    'jest.config.mjs',
    'startDynamoDb.mjs',
    'startDynamoDb.vitest.mjs',
    'stopDynamoDb.mjs',
    'vitest.config.mjs',
  ]);
});
