import { type CheckId, CONTRACT } from '../src/checks/index.js';
import { TestStores } from '../src/support/testStores.js';
import { groupDefects } from './defects/groups.js';
import { listingDefects } from './defects/listing.js';
import { pushingDefects } from './defects/pushing.js';
import { readingDefects } from './defects/reading.js';
import type { Database, ReferenceAdapter } from './referenceAdapter.js';
import { TESTED_ADAPTERS } from './testedAdapters.js';

const DEFECTS = [...pushingDefects, ...readingDefects, ...listingDefects, ...groupDefects];
const CHECKS = CONTRACT.flatMap(({ checks }) => checks);

const run = async (id: CheckId, Adapter: typeof ReferenceAdapter): Promise<void> => {
  const database: Database = new Map();
  const stores = new TestStores(() => new Adapter(database));
  await CHECKS.find(check => check.id === id)?.run(stores);
};

describe('an adapter is caught if', () => {
  it.each(DEFECTS)('$defect: $breaks', async ({ breaks, Adapter }) => {
    await expect(run(breaks, Adapter)).rejects.toMatchObject({ message: expect.any(String) });
  });
});

it('every check has caught a defect, of these or of a published adapter', () => {
  const caught = new Set<CheckId>([
    ...DEFECTS.map(({ breaks }) => breaks),
    ...TESTED_ADAPTERS.flatMap(({ knownFailures }) => knownFailures.always),
    ...TESTED_ADAPTERS.flatMap(({ knownFailures }) => Object.values(knownFailures.only ?? {}).flat()),
  ]);
  expect(CHECKS.map(({ id }) => id).filter(id => !caught.has(id))).toStrictEqual([]);
});
