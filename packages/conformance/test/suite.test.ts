import { type DescribeEventStorageAdapterOptions, describeEventStorageAdapter, type TestRunner } from '../src/index.js';
import { LimitIsIgnored } from './defects/listing.js';
import { type Database, ReferenceAdapter } from './referenceAdapter.js';

const database: Database = new Map();

/** In Jest, with its globals. */
describeEventStorageAdapter('an adapter in memory', {
  createAdapter: () => new ReferenceAdapter(database),
  createAdapterElsewhere: () => new ReferenceAdapter(),
});

interface DefinedTest {
  path: string[];
  title: string;
  run: (() => Promise<void>) | undefined;
}

/** Defines the suite with a runner that only writes down what it is given. */
const define = (options: Partial<DescribeEventStorageAdapterOptions> = {}): DefinedTest[] => {
  const tests: DefinedTest[] = [];
  const path: string[] = [];
  const runner: TestRunner = {
    describe: (name, defineTests) => {
      path.push(name);
      defineTests();
      path.pop();
    },
    it: Object.assign((title: string, run: () => Promise<void>) => void tests.push({ path: [...path], title, run }), {
      skip: (title: string) => void tests.push({ path: [...path], title, run: undefined }),
    }),
  };
  describeEventStorageAdapter('adapter', { createAdapter: () => new ReferenceAdapter(), runner, ...options });
  return tests;
};

const find = (tests: DefinedTest[], id: string): DefinedTest => {
  const found = tests.filter(({ title }) =>
    [`${id}: `, `known failure of ${id}: `].some(start => title.startsWith(start)),
  );
  expect(found).toHaveLength(1);
  return found[0] as DefinedTest;
};

describe('describeEventStorageAdapter', () => {
  it('defines one test for each promise, in a block for each area', () => {
    const tests = define();
    expect(new Set(tests.map(({ title }) => title)).size).toBe(tests.length);
    expect(find(tests, 'limit is exact')).toMatchObject({
      path: ['adapter', 'Reading events'],
      title: 'limit is exact: `limit` events are read if there are that many, in both directions and within a range.',
    });
  });

  it('fails the test of a promise that is broken', async () => {
    const tests = define({ createAdapter: () => new LimitIsIgnored() });
    await expect(find(tests, 'a listing limit is exact').run?.()).rejects.toMatchObject({ code: 'ERR_ASSERTION' });
    await expect(find(tests, 'listing can be reversed').run?.()).resolves.toBeUndefined();
  });

  it('asks for each adapter once, with the id of its event store', async () => {
    const asked: string[] = [];
    const tests = define({
      createAdapter: ({ eventStoreId }) => {
        asked.push(eventStoreId);
        return new ReferenceAdapter();
      },
    });
    for (const id of ['limit is exact', 'ranges are inclusive', 'event stores are apart'])
      await find(tests, id).run?.();
    expect(asked).toStrictEqual([expect.stringMatching(/^\w{8}-POKEMONS$/), expect.stringMatching(/^\w{8}-TRAINERS$/)]);
  });

  it('lets a known failure fail', async () => {
    const tests = define({
      createAdapter: () => new LimitIsIgnored(),
      knownFailures: ['a listing limit is exact'],
    });
    const known = find(tests, 'a listing limit is exact');
    expect(known.title).toMatch(/^known failure of a listing limit is exact: /);
    await expect(known.run?.()).resolves.toBeUndefined();
  });

  it('fails if a known failure does not fail any more', async () => {
    const tests = define({ knownFailures: ['a listing limit is exact'] });
    await expect(find(tests, 'a listing limit is exact').run?.()).rejects.toThrow(
      '"a listing limit is exact" is listed in knownFailures, but passes now: remove it from the list.',
    );
  });

  it('skips, with the reason, what the adapter lacks', () => {
    const tests = define({ lacks: ['listing', 'sets'], createAdapterElsewhere: () => new ReferenceAdapter() });
    const skipped = tests.filter(({ run }) => run === undefined);
    expect(find(skipped, 'sets are kept').title).toMatch(/ \(skipped: the adapter lacks sets\)$/);
    expect(find(skipped, 'a refused group is not listed').title).toMatch(/ \(skipped: the adapter lacks listing\)$/);
    expect(find(tests, 'nothing is altered in silence').run).toBeDefined();
    expect(new Set(skipped.map(({ path }) => path[1]))).toStrictEqual(
      new Set([
        'Payload and metadata',
        'Listing aggregates',
        'Page tokens',
        'Conflicts of event groups',
        "Castore's own classes",
      ]),
    );
  });

  it('skips the check that needs a second place if there is none', () => {
    expect(
      define()
        .filter(({ run }) => run === undefined)
        .map(({ title }) => title),
    ).toStrictEqual([
      expect.stringMatching(
        /^a group never goes to the wrong place: .* \(skipped: there is no createAdapterElsewhere\)$/,
      ),
    ]);
  });

  it('refuses ids that no check has', () => {
    const knownFailures = ['limit is exact', 'limit is nice'] as unknown as ['limit is exact'];
    expect(() => define({ knownFailures })).toThrow('knownFailures has ids that no check has: ["limit is nice"].');
  });

  it('says what to do if there is no test runner', () => {
    const globals = globalThis as { it?: unknown };
    const { it: own } = globals;
    delete globals.it;
    try {
      const options = { createAdapter: () => new ReferenceAdapter() };
      expect(() => describeEventStorageAdapter('adapter', options)).toThrow('pass those of your test runner');
    } finally {
      globals.it = own;
    }
  });
});
