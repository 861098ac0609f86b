import type { Ability, Check, Need } from './check.js';
import { type CheckId, CONTRACT } from './checks/index.js';
import { type CreateAdapter, TestStores } from './support/testStores.js';
import { globalTestRunner, type TestRunner } from './testRunner.js';

/** For a check alone; most take a few milliseconds. Creating tables in the cloud may take a while. */
const TIMEOUT_MS = 60_000;

export interface DescribeEventStorageAdapterOptions {
  /**
   * Makes the adapter of one event store. It is asked once for each event store that the checks use, about a dozen.
   * An adapter for many event stores may be the same one each time; one for a single event store needs a storage of its
   * own, which must be able to take part in event groups with the others. Ids of event stores may hold `#` and `:`.
   */
  createAdapter: CreateAdapter;
  /**
   * Makes an adapter whose storage cannot take part in one write with that of `createAdapter`, such as one in another
   * region. Without it, the check that an event group never goes to the wrong place is skipped.
   */
  createAdapterElsewhere?: CreateAdapter;
  /** What the adapter does not have, by design; checks that need it are skipped. Default: it lacks nothing. */
  lacks?: readonly Ability[];
  /**
   * Checks that the adapter is known to fail. They are run, and must fail: the suite fails if one of them passes, so
   * that the list cannot go stale. Default: none.
   */
  knownFailures?: readonly CheckId[];
  /** Default: the global `describe` and `it`. */
  runner?: TestRunner;
}

/**
 * Defines one test for each promise of Castore's `EventStorageAdapter`, in a `describe` block with this name.
 *
 * The tests make event stores and aggregates with new ids, and delete nothing; they may share a database with others.
 *
 * @throws TypeError if there is no test runner, or `knownFailures` has an id that no check has.
 *
 * @example
 * describeEventStorageAdapter('single table', {
 *   createAdapter: () => new DynamoDbSingleTableEventStorageAdapter({ tableName: 'events', dynamoDbClient }),
 * });
 */
export const describeEventStorageAdapter = (name: string, options: DescribeEventStorageAdapterOptions): void => {
  const { describe, it } = options.runner ?? globalTestRunner();
  const { createAdapter, createAdapterElsewhere, lacks = [], knownFailures = [] } = options;
  refuseUnknownIds(knownFailures);

  const stores = new TestStores(createAdapter, createAdapterElsewhere);
  const lacking: readonly Need[] = createAdapterElsewhere === undefined ? [...lacks, 'elsewhere'] : lacks;

  describe(name, () => {
    for (const { area, checks } of CONTRACT) {
      describe(area, () => {
        for (const check of checks) {
          const title = `${check.id}: ${check.promise}`;
          const missing = check.needs?.filter(need => lacking.includes(need)) ?? [];
          if (missing.length > 0) {
            it.skip(`${title} (skipped: ${missing.map(describeNeed).join(', ')})`, async () => undefined);
          } else if (knownFailures.includes(check.id)) {
            it(`known failure of ${title}`, async () => runKnownFailure(check, stores), TIMEOUT_MS);
          } else {
            it(title, async () => check.run(stores), TIMEOUT_MS);
          }
        }
      });
    }
  });
};

const describeNeed = (need: Need): string =>
  need === 'elsewhere' ? 'there is no createAdapterElsewhere' : `the adapter lacks ${need}`;

const runKnownFailure = async (check: Check & { id: CheckId }, stores: TestStores): Promise<void> => {
  const isKept = await check.run(stores).then(
    () => true,
    () => false,
  );
  if (isKept) throw new Error(`"${check.id}" is listed in knownFailures, but passes now: remove it from the list.`);
};

const refuseUnknownIds = (knownFailures: readonly string[]): void => {
  const ids = new Set<string>(CONTRACT.flatMap(({ checks }) => checks.map(({ id }) => id)));
  const unknown = knownFailures.filter(id => !ids.has(id));
  if (unknown.length > 0) {
    throw new TypeError(`knownFailures has ids that no check has: ${JSON.stringify(unknown)}.`);
  }
};
