import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type Bundle, bundleAdapter } from '@castore-dynamodb/testing/bundleAdapter';
import { describeOnEveryEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';

const PROGRAM = join(__dirname, 'programs', 'twoCopies.cjs');

/** A copy as CommonJS, one as ESM, and one of another realm; each with a copy of Castore of its own. */
const COPIES = ['cjs', 'esm', 'realm'];

describeOnEveryEngine('copies of the adapter in one process', ({ endpoint }) => {
  const bundles: Bundle[] = [];
  let outcomes: Record<string, unknown>;

  beforeAll(async () => {
    bundles.push(await bundleAdapter({ withCastore: true }), await bundleAdapter({ withCastore: true, format: 'esm' }));
    const paths = bundles.map(({ path }) => path);
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, [PROGRAM, ...paths, endpoint, uniqueTableName('copies')]);
    outcomes = JSON.parse(stdout) as typeof outcomes;
  });
  afterAll(() => {
    for (const bundle of bundles) bundle.remove();
  });

  it.each(COPIES.flatMap(one => COPIES.map(other => `${one} with ${other}`)))('work together: %s', pair => {
    const isSameCopy = pair === 'cjs with cjs' || pair === 'esm with esm' || pair === 'realm with realm';
    expect(outcomes[pair]).toEqual({
      group: [
        { aggregateId: pair, version: 1 },
        { aggregateId: pair, version: 1 },
      ],
      conflict: { code: 'EventAlreadyExistsError', eventStoreId: 'THEIRS', version: 2, winner: 'HAPPENED' },
      isConflict: [true, true],
      gap: { code: 'VersionGapError', eventStoreId: 'OURS', version: 9 },
      checked: { code: 'EventAlreadyExistsError', eventStoreId: 'THEIRS', version: 2, winner: 'HAPPENED' },
      // Castore tells its grouped events by class: the first one of another copy would be dropped without a word.
      lost: isSameCopy ? expect.anything() : { code: 'InvalidArgumentError', argument: 'options' },
      unreadable: [true, 1],
      table: 'table-per-store',
      checkedTable: 'as it should be',
      versions: isSameCopy
        ? [
            [1, 2, 3],
            [1, 2, 3],
          ]
        : [
            [1, 2],
            [1, 2],
          ],
    });
  });
});
