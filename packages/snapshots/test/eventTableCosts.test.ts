import { preset } from '@castore-dynamodb/testing/preset';

import { everyNEvents, type Snapshot, type SnapshotPolicy, whenLoadCosts, withSnapshots } from '../src/index.js';
import { describeInEventTable } from './eventTable.js';
import { newAggregateId, pokemonEvent, push } from './pokemons.js';
import { costs } from './support.js';

/** Of so many events, a load costs a part that is smaller by as much as they are more. */
const MANY = preset({ quick: 2_000, soak: 10_000 });
const EVENTS_OF_A_LOAD = 200;

describeInEventTable(
  'a load from snapshots in the event table',
  ({ layout, dynamoDbClient, eventStore, requests, errors, open, storage, series, pushMany, expectReplay }) => {
    describe('a load costs', () => {
      const aggregateId = newAggregateId();
      const pokemons = open(100);

      // Snapshots at 100, 200 and 300, and 40 events after the last one.
      beforeAll(async () => {
        for (let version = 1; version <= 340; version += 10) {
          await pushMany(pokemons, aggregateId, version, version + 9);
          await pokemons.snapshots.settled();
        }
      });

      it('two requests, of which none waits for the other, if the last events reach to the snapshot', async () => {
        const order: string[] = [];
        dynamoDbClient.middlewareStack.add(
          next => async args => {
            order.push('sent');
            const reply = await next(args);
            order.push('answered');
            return reply;
          },
          { step: 'finalizeRequest', name: 'order' },
        );
        const loaded = await pokemons.getAggregate(aggregateId);
        dynamoDbClient.middlewareStack.remove('order');

        expect(loaded.snapshot?.version).toBe(300);
        expect(loaded.events).toHaveLength(40);
        expect(order).toStrictEqual(['sent', 'sent', 'answered', 'answered']);
        expect(costs(requests)).toStrictEqual(['Query 1', 'Query 4']);
        expect(requests[1]?.input).toMatchObject({ Limit: 101 });
        await expectReplay(loaded, aggregateId, 340);
      });

      it('the same for a version of the past, and if the snapshot is of that very version', async () => {
        const past = await pokemons.getAggregate(aggregateId, { maxVersion: 299 });
        const exact = await pokemons.getAggregate(aggregateId, { maxVersion: 300 });
        expect(costs(requests)).toStrictEqual(['Query 1', 'Query 4', 'Query 1', 'Query 4']);
        expect([past.snapshot?.version, past.events.length]).toStrictEqual([200, 99]);
        expect([exact.snapshot?.version, exact.events.length]).toStrictEqual([300, 0]);
        await expectReplay(past, aggregateId, 299);
        await expectReplay(exact, aggregateId, 300);
      });

      it('a request more, for what is missing, if they do not reach to the snapshot', async () => {
        const rarely = open(20);
        const loaded = await rarely.getAggregate(aggregateId, { maxVersion: 340 });
        expect(loaded.events).toHaveLength(40);
        expect(costs(requests)).toStrictEqual(['Query 1', 'Query 1', 'Query 1']);
        expect(requests[2]?.input.ExpressionAttributeValues).toMatchObject({
          ':minVersion': { N: '300' },
          ':maxVersion': { N: '319' },
        });
        await expectReplay(loaded, aggregateId, 340);
      });

      it('no event read twice if there is no snapshot', async () => {
        const { events } = await eventStore.getEvents(aggregateId);
        const [replay] = requests.splice(0);
        const fresh = open(1000, undefined, 'fresh');
        const reading = await fresh.getAggregate(aggregateId);
        expect(reading.snapshot).toBeUndefined();
        expect(reading.events).toStrictEqual(events);
        expect(requests).toHaveLength(2);
        expect(requests[1]?.units).toBe(replay?.units);

        requests.splice(0);
        const shorter = await open(200, undefined, 'fresh').getAggregate(aggregateId, { maxVersion: 340 });
        expect(shorter.events).toStrictEqual(events);
        // Two reads of events, of which each is rounded up.
        expect(requests).toHaveLength(3);
        expect((requests[1]?.units ?? 0) + (requests[2]?.units ?? 0)).toBeLessThanOrEqual((replay?.units ?? 0) + 1);
      });

      it('one look at the snapshot and one at the last events for an instant among them', async () => {
        const { events } = await eventStore.getEvents(aggregateId, { minVersion: 320, maxVersion: 320 });
        requests.splice(0);
        const { aggregate, snapshot } = await pokemons.getAggregate(aggregateId, { at: events[0]?.timestamp });
        expect(snapshot?.version).toBe(300);
        expect(aggregate?.version).toBeGreaterThanOrEqual(320);
        expect(requests).toHaveLength(2);
      });

      it('strides back, and a second look for a snapshot, for an instant long ago', async () => {
        const old = newAggregateId();
        await push(pokemons, old, 1, 1);
        await pushMany(pokemons, old, 2, 200);
        await pokemons.snapshots.settled();
        requests.splice(0);
        const { aggregate } = await pokemons.getAggregate(old, { at: pokemonEvent(old, 1).timestamp });
        expect(aggregate?.version).toBe(1);
        expect(requests.map(({ operation, input }) => [operation, input.Limit])).toStrictEqual([
          ['Query', 1],
          ['Query', 101],
          ['Query', 202],
          ['Query', 1],
        ]);
      });

      it('a check of the event if the snapshot came before its event was seen, and its deletion in vain', async () => {
        const ahead = newAggregateId();
        await push(pokemons, ahead, 1, 3);
        const loaded = await pokemons.getAggregate(aggregateId);
        const snapshot = await storage.getSnapshot(series(aggregateId));
        await storage.putSnapshot({ ...(snapshot as Snapshot), aggregateId: ahead });
        requests.splice(0);

        const { aggregate } = await pokemons.getAggregate(ahead);
        await pokemons.snapshots.settled();

        expect(loaded.snapshot?.version).toBe(300);
        expect(aggregate?.version).toBe(3);
        const operations = requests.map(({ operation }) => operation);
        expect(operations).toStrictEqual(['Query', 'Query', 'Query', 'Query', 'DeleteItem']);
        expect(errors.splice(0)).toMatchObject([{ reason: 'ahead-of-events', version: 300 }]);
        await expect(storage.getSnapshot(series(ahead))).resolves.toBeUndefined();
      });
    });

    if (layout === 'single-table') {
      it(`of ${MANY} events cost no more than ${EVENTS_OF_A_LOAD} of them, in one round trip`, async () => {
        const aggregateId = newAggregateId();
        const pokemons = open(100);
        await pushMany(eventStore, aggregateId, 1, MANY, { metadata: { by: 'x'.repeat(200) } });
        await pokemons.getAggregate(aggregateId);
        await pokemons.snapshots.settled();
        // As far from the snapshot as it gets.
        await push(eventStore, aggregateId, MANY + 1, MANY + 99);
        requests.splice(0);

        await eventStore.getAggregate(aggregateId);
        const replay = requests.splice(0).reduce((sum, { units = 0 }) => sum + units, 0);
        const { snapshot, events } = await pokemons.getAggregate(aggregateId);
        const load = requests.reduce((sum, { units = 0 }) => sum + units, 0);

        expect([snapshot?.version, events.length]).toStrictEqual([MANY, 99]);
        expect(requests).toHaveLength(2);
        expect(load / replay).toBeLessThanOrEqual(EVENTS_OF_A_LOAD / MANY);
      });
    }

    it.each<[string, SnapshotPolicy]>([
      ['of events', everyNEvents(Number.MAX_SAFE_INTEGER)],
      ['of read units', whenLoadCosts({ readUnits: 1e300 })],
    ])('works with a policy of any number %s', async (_, policy) => {
      const aggregateId = newAggregateId();
      await push(eventStore, aggregateId, 1, 3);
      const pokemons = withSnapshots(eventStore, { storage, reducerVersion: '1', policy });
      await expectReplay(await pokemons.getAggregate(aggregateId), aggregateId, 3);
    });
  },
);
