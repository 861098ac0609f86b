import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';
import { describeOnEveryLayout } from '@castore-dynamodb/testing/eventTables';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';

import { examples } from './examples.js';
import { runInTerminal, type Shown, type TerminalOptions } from './runInTerminal.js';

const COMMANDS = examples();

/** Whatever ends only by Ctrl-C says so. */
const INTERRUPT_AT = 'Ctrl-C';

/** Bold, dim, red, and their ends: all that ours sends to a terminal. */
const withoutColours = (text: string): string =>
  ['1', '2', '22', '31', '39'].reduce((rest, code) => rest.replaceAll(`\u001B[${code}m`, ''), text);

/** What a terminal obeys, or what changes the direction of a line; without the ends of lines. */
const isRaw = (text: string): boolean => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text.replaceAll('\n', ''));

/** Ends, and says what is wrong in sentences if something is. */
const expectSentences = ({ exitCode, stderr }: Shown): void => {
  expect([0, 1, 2, 3, 4, 130]).toContain(exitCode);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect({ stderr, isRaw: isRaw(withoutColours(stderr)) }).toEqual({ stderr, isRaw: false });
  if (exitCode === 1 || exitCode === 2) expect(withoutColours(stderr)).toMatch(/^error.{10,}/m);
};

describeOnEveryLayout(
  'every command',
  ({ engine, tableNames: { events: tableName }, dynamoDbClient }) => {
    const folder = mkdtempSync(join(tmpdir(), 'castore-dynamodb-cli-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    const start = (
      argv: readonly string[],
      table: string,
      options: Partial<TerminalOptions> & { endpoint?: string } = {},
    ) => {
      const { endpoint = engine.endpoint, ...others } = options;
      const all = [...argv, '--endpoint-url', endpoint, '--table', table];
      return runInTerminal(all, { folder, interruptAt: INTERRUPT_AT, ...others });
    };

    describe('without permissions', () => {
      const asked: string[] = [];
      const server = createServer((request, response) => {
        const action = `dynamodb:${String(request.headers['x-amz-target']).split('.')[1]}`;
        asked.push(action);
        request.resume();
        response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
        response.end(
          JSON.stringify({
            __type: 'com.amazon.coral.service#AccessDeniedException',
            Message: `User: arn:aws:iam::111122223333:user/x is not authorized to perform: ${action} on resource: arn:aws:dynamodb:eu-west-1:111122223333:table/events`,
          }),
        );
      });
      let endpoint = '';
      beforeAll(async () => {
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      });
      beforeEach(() => void asked.splice(0));
      afterAll(() => {
        server.closeAllConnections();
        server.close();
      });

      it.each(COMMANDS)('$name names the action in one sentence', async ({ argv }) => {
        const ran = await start(argv, 'events', { endpoint });
        expectSentences(ran);
        if (asked.length === 0) return expect([0, 2, 130]).toContain(ran.exitCode);
        expect(ran.exitCode).toBe(1);
        expect(ran.stderr).toMatch(/^error Not permitted: dynamodb:[A-Za-z]+\. .*\n\d+ requests?, /);
        expect(asked).toContain(/dynamodb:[A-Za-z]+/.exec(ran.stderr)?.[0]);
      });
    });

    describe('on a table that is not there, is empty, or is something else', () => {
      const foreign = uniqueTableName('foreign');
      beforeAll(() =>
        dynamoDbClient.send(
          new CreateTableCommand({
            TableName: foreign,
            BillingMode: 'PAY_PER_REQUEST',
            KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
            AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          }),
        ),
      );
      afterAll(() => dynamoDbClient.send(new DeleteTableCommand({ TableName: foreign })));

      it.each(COMMANDS)('$name', async ({ argv }) => {
        const reads = argv.filter(word => word !== '--write');
        expectSentences(await start(reads, uniqueTableName('missing')));
        expectSentences(await start(reads, foreign));
        const empty = await start(reads, tableName);
        expectSentences(empty);
        expect(empty.stdout).not.toContain('undefined');
      });
    });

    describe('with hostile ids and payloads', () => {
      const evil = '\u001B[2J\u001B]0;owned\u0007\u009B31m\u202E\r\n';
      const id = `${evil}pikachu`;
      beforeAll(async () => {
        const pokemons = newPokemons(new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient }));
        const event = { aggregateId: id, payload: { [evil]: [evil, new Set([evil])] }, metadata: evil };
        for (const version of [1, 2]) await pokemons.pushEvent({ ...event, version, type: 'POKEMON_NAMED' });
      });

      it.each(COMMANDS)('$name shows nothing raw, however wide the terminal', async ({ argv }) => {
        const hostile = argv.filter(word => word !== '--write').map(word => (/^pikachu\d*$/.test(word) ? id : word));
        for (const options of [{}, { columns: 40 }, { columns: 200 }, { columns: 80, env: { NO_COLOR: '1' } }]) {
          const ran = await start(hostile, tableName, options);
          expectSentences(ran);
          const isColoured = 'columns' in options && !('env' in options);
          const shown = isColoured ? withoutColours(ran.stdout) : ran.stdout;
          expect({ shown, isRaw: isRaw(shown) }).toEqual({ shown, isRaw: false });
        }
        const lines = (await start([...hostile, '--json'], tableName)).stdout.split('\n').filter(Boolean);
        for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
      });
    });
  },
  { engines: 'one', layouts: ['single-table'], stream: true },
);
