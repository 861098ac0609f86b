import { Command, EventStore, type GroupedEvent, tuple } from '@castore/core';
import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import { describeWithResults, newRequestId } from '../runOnce/support.js';
import { levelUp, type Pokemons } from '../support.js';

/** What a call's handler does. */
const KINDS = [
  'event',
  'group',
  'nothing',
  'throws',
  'throws after its push',
  'pushes twice',
  'answers a date',
] as const;

interface Call {
  kind: (typeof KINDS)[number];
  key: number;
  levels: number;
}

const call = fc.record<Call>({
  kind: fc.constantFrom(...KINDS, 'event', 'event', 'group', 'nothing'),
  key: fc.integer({ min: 1, max: 4 }),
  levels: fc.integer({ min: 1, max: 2 }),
});

/** Calls that come at once, one such batch after the other. */
const programs = fc.array(fc.array(call, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 });

const SUCCEED = new Set<Call['kind']>(['event', 'group', 'nothing']);
const EVENTS: Partial<Record<Call['kind'], number>> = { event: 1, group: 2 };

type Input = Pick<Call, 'key' | 'levels'> & { aggregateId: string; requestId: string };
type Answer = Pick<Call, 'kind' | 'levels'>;
type Outcome = Call & ({ answer: Answer } | { answer?: never; error: { code?: unknown; message?: unknown } });

/** What the calls of before mean for the next ones. */
class Model {
  /** How many events there are to be. */
  events = 0;
  /** By key: the answer of the call that acted. */
  readonly #acted = new Map<number, Answer>();
  readonly #counts: Record<string, number>;

  constructor(counts: Record<string, number>) {
    this.#counts = counts;
  }

  /** Of the calls of a batch with a new key that can act, one has: the one whose answer it is. */
  learn({ key, answer }: Outcome, batch: readonly Call[]): void {
    if (answer === undefined || this.#acted.has(key)) return;
    const { kind, levels } = answer;
    expect(batch.some(other => other.key === key && other.kind === kind && other.levels === levels)).toBe(true);
    expect(SUCCEED.has(kind)).toBe(true);
    this.#acted.set(key, answer);
    this.events += EVENTS[kind] ?? 0;
    this.#count(`acted: ${kind}`);
  }

  judge(outcome: Outcome): void {
    const known = this.#acted.get(outcome.key);
    if (outcome.answer !== undefined) {
      expect(outcome.answer).toStrictEqual(known);
      expect(outcome.levels).toBe(known?.levels);
      return;
    }
    const code = String(outcome.error.code ?? outcome.error.message);
    this.#count(`failed: ${code}`);
    if (code === 'DifferentInputError') {
      expect(known?.levels).not.toBe(outcome.levels);
      return;
    }
    // It failed by itself, when nothing was stored with its input yet.
    expect(SUCCEED.has(outcome.kind)).toBe(false);
    expect(['expected', 'UnsupportedPushError', 'InexactValueError']).toContain(code);
  }

  #count(what: string): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + 1;
  }
}

describeWithResults(
  'random calls of a command that acts once',
  ({ pokemons, once, engine }) => {
    let answers = 0;
    const commandOf = (kind: Call['kind']) =>
      new Command({
        commandId: 'MODEL',
        requiredEventStores: tuple(pokemons),
        eventAlreadyExistsRetries: 50,
        handler: async ({ aggregateId, levels }: Input, [store]: [Pokemons]) => {
          const { aggregate } = await store.getAggregate(aggregateId);
          const version = (aggregate?.version ?? 0) + 1;
          if (kind === 'throws') throw new Error('expected');
          const events = [levelUp(aggregateId, version, levels), levelUp(aggregateId, version + 1, levels)] as const;
          if (kind === 'group') {
            const group = events.map(event => store.groupEvent(event)) as unknown as [GroupedEvent, ...GroupedEvent[]];
            await EventStore.pushEventGroup({}, ...group);
          } else if (kind !== 'nothing') await store.pushEvent(events[0]);
          if (kind === 'pushes twice') await store.pushEvent(events[1]);
          if (kind === 'throws after its push') throw new Error('expected');
          return kind === 'answers a date' ? new Date() : { kind, levels, answer: ++answers, version };
        },
      });

    it('gives the answers that a model gives, and stores the events of those that acted', async () => {
      const counts: Record<string, number> = {};
      const property = fc.asyncProperty(programs, async batches => {
        const run = newRequestId();
        const aggregateId = `model-${run}`;
        const model = new Model(counts);
        for (const batch of batches) {
          const outcomes = await Promise.all(
            batch.map(async (given): Promise<Outcome> => {
              const { kind, key, levels } = given;
              const input: Input = { key, levels, aggregateId, requestId: `${run} ${key}` };
              try {
                return { ...given, answer: (await once(commandOf(kind)).handler(input, [pokemons])) as Answer };
              } catch (error) {
                return { ...given, error: error as Error };
              }
            }),
          );
          for (const outcome of outcomes) model.learn(outcome, batch);
          for (const outcome of outcomes) model.judge(outcome);
        }
        const stored = (await pokemons.getEvents(aggregateId)).events.map(({ version }) => version);
        expect(stored).toStrictEqual(Array.from({ length: model.events }, (_, index) => index + 1));
      });
      await checkProperty(property, { quick: 15, soak: 1000 });
      console.log(`${engine.name}: ${JSON.stringify(counts)}`);
    }, 120_000);
  },
  ['single-table'],
);
