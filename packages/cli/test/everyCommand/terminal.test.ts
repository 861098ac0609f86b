import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  createEventTable,
  DynamoDbSingleTableEventStorageAdapter,
  describeEventTable,
} from '@castore-dynamodb/adapter';
import { mapConcurrently } from '@castore-dynamodb/commons';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';
import { describeOnEveryLayout } from '@castore-dynamodb/testing/eventTables';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';
import { isSoak, preset } from '@castore-dynamodb/testing/preset';

import { MAIN } from '../runProgram.js';
import { type Example, examples } from './examples.js';

/** Its binaries come with the package, for six platforms. */
const loadPty = (): typeof import('@lydell/node-pty') | undefined => {
  try {
    return require('@lydell/node-pty');
  } catch {
    return undefined;
  }
};
const pty = loadPty();
const inTerminal = pty === undefined ? it.skip : it;
const reason = pty === undefined ? 'skipped: there is no @lydell/node-pty for this platform: ' : '';

const COMMANDS = examples();
/** Of what is the same code for all of them, `npm test` tries some: what reads, waits, prints. The soak run tries all. */
const SOME = isSoak ? COMMANDS : COMMANDS.filter(({ name }) => ['events', 'tail', 'table print'].includes(name));
/** Programs at a time; each takes a processor for as long as it starts. */
const AT_A_TIME = 3;
const CTRL_C = '\u0003';
const EVIL = '\u001B]0;owned\u0007';

describeOnEveryLayout(
  'every command, as a program',
  ({ engine, tableNames: { events: tableName }, dynamoDbClient }) => {
    const folder = mkdtempSync(join(tmpdir(), 'castore-dynamodb-cli-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    const id = `${EVIL}pikachu`;
    beforeAll(async () => {
      const pokemons = newPokemons(new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient }));
      await pokemons.pushEvent({ aggregateId: id, version: 1, type: 'POKEMON_NAMED', payload: EVIL });
    });
    const argvOf = ({ argv }: Example, endpoint = engine.endpoint): string[] => [
      MAIN,
      ...argv.filter(word => word !== '--write').map(word => (/^pikachu\d*$/.test(word) ? id : word)),
      '--endpoint-url',
      endpoint,
      '--table',
      tableName,
    ];
    /** The name of each command with what became of it, all at once: a test for each would start one after the other. */
    const ofEach = async <RESULT>(
      commands: readonly Example[],
      run: (example: Example) => Promise<RESULT>,
    ): Promise<Record<string, RESULT>> =>
      Object.fromEntries(
        await mapConcurrently(commands, AT_A_TIME, async each => [each.name, await run(each)] as const),
      );

    /** In a pseudo terminal; something is typed, once, as soon as `toType` says what. */
    const inPty = async (argv: string[], toType: (shown: string) => string | undefined) => {
      const options = { cwd: folder, cols: 80, rows: 30, name: 'xterm-256color', env: { ...process.env } };
      const terminal = (pty as NonNullable<typeof pty>).spawn(process.execPath, argv, options);
      let shown = '';
      let typed: string | undefined;
      const look = (): void => {
        if (typed !== undefined) return;
        typed = toType(shown);
        if (typed !== undefined) terminal.write(typed);
      };
      terminal.onData(data => {
        shown += data;
        look();
      });
      const timer = setInterval(look, 50);
      const { exitCode } = await new Promise<{ exitCode: number }>(resolve => terminal.onExit(resolve));
      clearInterval(timer);
      return { exitCode, shown };
    };

    inTerminal(
      `${reason}ends in a terminal, and shows nothing raw`,
      async () => {
        const ended = await ofEach(SOME, async each =>
          inPty(argvOf(each), shown => (shown.includes('Ctrl-C') ? CTRL_C : undefined)),
        );
        for (const [name, { exitCode, shown }] of Object.entries(ended)) {
          expect({ name, isEnded: [0, 1, 2, 3, 130].includes(exitCode) }).toEqual({ name, isEnded: true });
          expect({ name, isRaw: shown.includes(EVIL) }).toEqual({ name, isRaw: false });
          expect({ name, isSaid: shown.trim().length > 0 }).toEqual({ name, isSaid: true });
        }
        expect(ended.events?.shown).toContain('\u001B[1m');
        expect(ended.events?.shown).toContain('owned');
      },
      120_000,
    );

    inTerminal(
      `${reason}ends by Ctrl-C in a terminal while it waits for AWS`,
      async () => {
        const ended = await ofEach(SOME, async each => {
          const server = createServer(() => {}).listen(0, '127.0.0.1');
          await once(server, 'listening');
          let isAsked = false;
          server.on('request', () => (isAsked = true));
          const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
          const { exitCode } = await inPty(argvOf(each, endpoint), shown =>
            isAsked || shown.includes('Ctrl-C') ? CTRL_C : undefined,
          );
          server.closeAllConnections();
          server.close();
          return { exitCode, isAsked };
        });
        for (const [name, { exitCode, isAsked }] of Object.entries(ended)) {
          const expected = isAsked ? [130] : [0, 2, 130];
          expect({ name, exitCode, isExpected: expected.includes(exitCode) }).toEqual({
            name,
            exitCode,
            isExpected: true,
          });
        }
      },
      120_000,
    );

    inTerminal(
      `${reason}asks for the name of a table before it deletes it`,
      async () => {
        const doomed = uniqueTableName('doomed');
        await createEventTable(dynamoDbClient, { tableName: doomed, layout: 'single-table' });
        const answer = (text: string) =>
          inPty([MAIN, 'table', 'delete', '--write', '--endpoint-url', engine.endpoint, '-t', doomed], shown =>
            shown.includes('Type the name') ? text : undefined,
          );
        const expected = { [`${doomed}x\r`]: 2, ...preset({ quick: {}, soak: { '\r': 2 } }), [CTRL_C]: 130 };
        for (const [text, exitCode] of Object.entries(expected)) {
          await expect(answer(text)).resolves.toMatchObject({ exitCode });
          await expect(
            describeEventTable(dynamoDbClient, { tableName: doomed, layout: 'single-table' }),
          ).resolves.toEqual({
            status: 'ACTIVE',
            differences: [],
          });
        }
        await expect(answer(`${doomed}\r`)).resolves.toMatchObject({
          exitCode: 0,
          shown: expect.stringContaining('DELETED'),
        });
      },
      120_000,
    );

    it('ends without a word when nobody reads what it prints', async () => {
      const ended = await ofEach(SOME, async each => {
        const program = spawn(process.execPath, argvOf(each), { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
        let errors = '';
        let isInterrupted = false;
        program.stdout.destroy();
        program.stderr.on('data', data => {
          errors += String(data);
          // What waits for events, or for a browser, has not printed anything yet.
          if (!isInterrupted && errors.includes('Ctrl-C')) isInterrupted = program.kill('SIGINT');
        });
        const [exitCode] = await once(program, 'close');
        return { exitCode: exitCode as number, errors };
      });
      for (const [name, { exitCode, errors }] of Object.entries(ended)) {
        expect({ name, exitCode, isEnded: [0, 1, 2, 130].includes(exitCode) }).toEqual({
          name,
          exitCode,
          isEnded: true,
        });
        expect({ name, isUnexpected: /EPIPE|\n\s+at /.test(errors) }).toEqual({ name, isUnexpected: false });
      }
    }, 120_000);
  },
  { engines: 'one', layouts: ['single-table'], stream: true },
);
