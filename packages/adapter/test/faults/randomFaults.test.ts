import { describeOnEveryEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';
import { FAULTS, type Fault, type ProxiedRequest, startFaultProxy } from '@castore-dynamodb/testing/faultProxy';
import { impatient } from '@castore-dynamodb/testing/impatient';
import { givenSeed, PRESET_TIMEOUT_MS, preset } from '@castore-dynamodb/testing/preset';
import { seededRandom } from '@castore-dynamodb/testing/seededRandom';

import {
  createEventTable,
  type DynamoDbEventAlreadyExistsError,
  deleteEventTable,
  type EventTableLayout,
} from '../../src/index.js';
import { createAdapter } from '../support.js';
import { collectSdkErrors, faultyClient } from './faultySupport.js';
import { judge, type Verdict } from './verdict.js';
import {
  type Action,
  type ActionKind,
  type Connection,
  type FinishedAction,
  readAll,
  Writer,
  type WriterAdapters,
} from './workload.js';

const WRITERS = 20;
const ACTIONS_PER_WRITER = preset({ quick: 8, soak: 250 });
/** Few enough for conflicts, enough for most commands to come through. */
const SHARED_AGGREGATES = 12;
const FAULT_RATE = 0.2;

const countBy = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

/** Reads meet no transaction conflicts, and writes no empty answers, which are theirs. Each fault comes once before any comes again. */
const randomFaults = (random: () => number) => {
  const forReads: Fault[] = [...FAULTS.filter(fault => fault !== 'transaction conflict'), 'empty answer'];
  const unseen = new Set<Fault>([...FAULTS, 'empty answer']);
  return ({ operation }: ProxiedRequest): Fault | undefined => {
    const isFaulty = random() < FAULT_RATE;
    const all = operation === 'Query' ? forReads : FAULTS;
    const candidates = all.some(fault => unseen.has(fault)) ? all.filter(fault => unseen.has(fault)) : all;
    const fault = candidates[Math.floor(random() * candidates.length)];
    if (!isFaulty || fault === undefined) return undefined;
    unseen.delete(fault);
    return fault;
  };
};

/** What a writer does, one after the other. */
const randomActions = (random: () => number, writer: number): Action[] =>
  Array.from({ length: ACTIONS_PER_WRITER }, (_, index) => {
    const id = `action-${writer}-${index}`;
    const chance = random();
    const kind: ActionKind = chance < 0.1 ? 'push' : chance < 0.65 ? 'command' : 'group command';
    const shared = `shared-${Math.floor(random() * SHARED_AGGREGATES)}`;
    return { kind, id, aggregateId: kind === 'push' ? `alone-${writer}-${index}` : shared };
  });

const NOTHING_WRONG: Verdict = {
  lost: [],
  duplicated: [],
  torn: [],
  refusedButStored: [],
  withGaps: [],
  unknown: [],
  wrongWinners: [],
  conflictsWithNobody: [],
  unexpectedErrors: [],
};

const report = (
  seed: number,
  finished: FinishedAction[],
  retried: DynamoDbEventAlreadyExistsError[],
  faults: Record<string, number>,
  verdict: Verdict,
): string => {
  const outcome = finished.map(({ kind, result }) =>
    result.kind === 'sdk error' ? `${kind}: ${result.name} of the SDK` : `${kind}: ${result.kind}`,
  );
  const lines = (counts: Record<string, number>): string =>
    Object.entries(counts)
      .toSorted(([left], [right]) => left.localeCompare(right))
      .map(([name, count]) => `  ${String(count).padStart(6)}  ${name}`)
      .join('\n');
  const wrong = Object.fromEntries(Object.entries(verdict).map(([name, cases]) => [name, (cases as []).length]));
  return [
    `seed ${seed}; faults injected:`,
    lines(faults),
    `${finished.length} actions of ${WRITERS} writers, and ${retried.length} conflicts retried by Castore's Command:`,
    lines(countBy(outcome)),
    'of these:',
    lines(wrong),
  ].join('\n');
};

const LAYOUTS: readonly EventTableLayout[] = ['single-table', 'table-per-store'];

describeOnEveryEngine('20 writers under random faults', engine => {
  const tableNames = LAYOUTS.map(() => uniqueTableName('faults'));
  const direct = engine.client();
  const adaptersOf = (client: typeof direct) =>
    LAYOUTS.map((layout, index) =>
      createAdapter(layout, tableNames[index] as string, client),
    ) as never as WriterAdapters;

  beforeAll(async () => {
    for (const [index, layout] of LAYOUTS.entries()) {
      await createEventTable(direct, { tableName: tableNames[index] as string, layout });
    }
  });
  afterAll(async () => {
    for (const tableName of tableNames) await deleteEventTable(direct, { tableName });
  });

  it(
    'lose nothing that was acknowledged, and do nothing twice',
    async () => {
      const seed = givenSeed ?? Math.floor(Math.random() * 2 ** 31);
      await using proxy = await startFaultProxy(engine.endpoint);
      proxy.choose = randomFaults(seededRandom(seed));
      const connect = (): Connection => {
        const client = faultyClient(engine, proxy, impatient(3));
        return { adapters: adaptersOf(client), sdkErrors: collectSdkErrors(client) };
      };
      const writers = Array.from({ length: WRITERS }, () => new Writer(connect));

      const finished: FinishedAction[] = [];
      await Promise.all(
        writers.map(async (writer, index) => {
          for (const action of randomActions(seededRandom(seed + index + 1), index)) {
            finished.push(await writer.perform(action));
          }
        }),
      );
      await proxy.settled();

      const retried = writers.flatMap(writer => writer.retried);
      const refused = finished.flatMap(({ result }) => (result.kind === 'conflict' ? [result.error] : []));
      const verdict = judge(finished, [...retried, ...refused], await readAll(adaptersOf(direct), finished));
      const faults = countBy(proxy.requests.flatMap(({ fault }) => fault ?? []));
      console.log(`${engine.name}, ${report(seed, finished, retried, faults, verdict)}`);

      expect({ seed, ...verdict }).toStrictEqual({ seed, ...NOTHING_WRONG });
      // The run shows something: every kind of fault, and each kind of action acknowledged.
      expect(Object.keys(faults).toSorted()).toStrictEqual([...FAULTS, 'empty answer'].toSorted());
      const acknowledged = finished.filter(({ result }) => result.kind === 'acknowledged');
      expect(Object.keys(countBy(acknowledged.map(({ kind }) => kind)))).toHaveLength(3);
    },
    PRESET_TIMEOUT_MS,
  );
});
