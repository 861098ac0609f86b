import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { putTableItem } from '@castore-dynamodb/adapter';
import { mapConcurrently } from '@castore-dynamodb/commons';
import { describeOnEveryLayout } from '@castore-dynamodb/testing/eventTables';
import { PRESET_TIMEOUT_MS } from '@castore-dynamodb/testing/preset';

import { MAIN } from '../runProgram.js';
import { useFolder, useTables } from './support.js';

const EVENTS = 20_000;

/** In MB: less than the events have, 80 MB. */
const HEAP = 64;

const A_TIME = 32;

describeOnEveryLayout(
  'many events',
  ({ engine, tableNames: { events: tableName }, dynamoDbClient }) => {
    const folder = useFolder();
    const newTable = useTables(dynamoDbClient);

    const succeed = async (...argv: string[]): Promise<string> => {
      const options = [...argv, '--endpoint-url', engine.endpoint, '--max-read-units', '1000000'];
      const program = spawn(process.execPath, [`--max-old-space-size=${HEAP}`, MAIN, ...options], { cwd: folder });
      let errors = '';
      program.stdout.resume();
      program.stderr.on('data', data => (errors += String(data)));
      const [exitCode] = (await once(program, 'close')) as [number | null];
      expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: expect.any(String) });
      return errors;
    };

    it(
      'are exported, imported, copied and compared in little memory',
      async () => {
        const text = 'x'.repeat(4_000);
        await mapConcurrently(
          Array.from({ length: EVENTS }, (_, at) => at),
          A_TIME,
          async at => {
            const version = 1 + (at % 10);
            const item = {
              aggregateId: { S: `POKEMONS#p${Math.floor(at / 10)}` },
              version: { N: String(version) },
              type: { S: 'POKEMON_NAMED' },
              timestamp: { S: '2026-11-28T00:00:00.000Z' },
              payload: { M: { text: { S: text }, at: { N: String(at) } } },
              ...(version === 1 && { eventStoreId: { S: 'POKEMONS' } }),
            };
            await putTableItem(dynamoDbClient, { tableName, item });
          },
        );
        const [imported, copied] = [await newTable('single-table'), await newTable('table-per-store')];
        await succeed('export', '-t', tableName, '--output', 'all.gz', '--gzip');
        await succeed('import', 'all.gz', '-t', imported, '--write');
        const copy = await succeed('copy', '-t', tableName, '--to-table', copied, '--store', 'POKEMONS', '--write');
        expect(copy).toContain(`${EVENTS} events written`);
        await succeed('verify', '-t', imported, '--to-table', copied, '--store', 'POKEMONS');
      },
      PRESET_TIMEOUT_MS,
    );
  },
  { engines: 'one', layouts: ['single-table'] },
);
