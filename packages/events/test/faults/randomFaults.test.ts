import { setTimeout as sleep } from 'node:timers/promises';

import type { EventDetail } from '@castore/core';
import { describeOnEveryLayout } from '@castore-dynamodb/testing/eventTables';
import { FAULTS, type Fault, type FaultProxy, startFaultProxy } from '@castore-dynamodb/testing/faultProxy';
import { givenSeed, PRESET_TIMEOUT_MS, preset } from '@castore-dynamodb/testing/preset';
import { seededRandom } from '@castore-dynamodb/testing/seededRandom';

import { deleteAggregate, eraseAggregate, redactEvent, redactionsOf } from '../../src/index.js';
import { caught, eventsOf, push, type Store, storeOf } from '../stored/support.js';

const ROUNDS = preset({ quick: 2, soak: 60 });
const FAULT_RATE = 0.2;

/** Those that a client gives up soon: a request without an answer would be waited for. */
const QUICK: readonly Fault[] = FAULTS.filter(
  fault =>
    !['no answer before', 'no answer after', 'late request', 'stalled body', 'transaction conflict'].includes(fault),
);

describeOnEveryLayout(
  'What is done to stored events through a bad network',
  tables => {
    const { engine } = tables;
    let proxy: FaultProxy;
    beforeAll(async () => {
      proxy = await startFaultProxy(engine.endpoint);
    });
    afterAll(() => proxy[Symbol.asyncDispose]());
    const healthy = storeOf(tables);

    /** As somebody does who calls it again after an error. */
    const untilDone = async (work: () => Promise<unknown>): Promise<void> => {
      for (let attempt = 1; ; attempt++) {
        try {
          await work();
          return;
        } catch (error) {
          if (attempt === 50) throw error;
          await sleep(5);
        }
      }
    };

    it(
      'is done as if it were a good one, whatever several callers want at once',
      async () => {
        const seed = givenSeed ?? Math.floor(Math.random() * 2 ** 31);
        const random = seededRandom(seed);
        const faulty = storeOf(tables, { client: engine.client({ endpoint: proxy.endpoint }) });
        proxy.choose = ({ operation }) => {
          if (random() > FAULT_RATE) return undefined;
          const faults: readonly Fault[] = operation === 'Query' ? [...QUICK, 'empty answer'] : QUICK;
          return faults[Math.floor(random() * faults.length)];
        };
        for (let round = 1; round <= ROUNDS; round++) {
          const ids = Object.fromEntries(
            ['redacted', 'erased', 'deleted', 'kept'].map(what => [what, `${what}-${seed}-${round}`]),
          ) as Record<'redacted' | 'erased' | 'deleted' | 'kept', string>;
          for (const aggregateId of Object.values(ids)) await push(healthy, aggregateId, 5);

          const redact = (eventStore: Store, name: 'name' | 'level') =>
            redactEvent(eventStore, {
              aggregateId: ids.redacted,
              version: 2,
              reason: name,
              redact: ({ payload: { [name]: _removed, ...payload }, metadata }) => ({ payload, metadata }),
            });
          await Promise.all([
            untilDone(() => redact(faulty, 'name')),
            untilDone(() => redact(faulty, 'level')),
            ...[1, 2].map(() => untilDone(() => eraseAggregate(faulty, ids.erased, { reason: 'erased' }))),
            ...[1, 2].map(() => untilDone(() => deleteAggregate(faulty, ids.deleted))),
          ]);
          await proxy.settled();

          const events = (aggregateId: string, change: (event: EventDetail) => EventDetail) =>
            [1, 2, 3, 4, 5].map(version => change(caught(aggregateId, version)));
          const reasonsOf = async (aggregateId: string) =>
            (await redactionsOf(healthy, aggregateId)).map(({ redactions }) =>
              redactions.map(({ reason }) => reason).toSorted(),
            );
          try {
            expect(await eventsOf(healthy, ids.kept)).toStrictEqual(events(ids.kept, event => event));
            expect(await eventsOf(healthy, ids.deleted)).toEqual([]);
            expect(await eventsOf(healthy, ids.redacted)).toStrictEqual(
              events(ids.redacted, event => (event.version === 2 ? { ...event, payload: {} } : event)),
            );
            expect(await reasonsOf(ids.redacted)).toEqual([['level', 'name']]);
            expect(await eventsOf(healthy, ids.erased)).toStrictEqual(
              events(ids.erased, ({ payload: _payload, metadata: _metadata, ...event }) => event),
            );
            expect(await reasonsOf(ids.erased)).toEqual([1, 2, 3, 4, 5].map(() => ['erased']));
          } catch (error) {
            throw new Error(`TEST_SEED=${seed} repeats it.`, { cause: error });
          }
        }
      },
      PRESET_TIMEOUT_MS,
    );
  },
  { layouts: ['single-table'] },
);
