import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  createStreamHandler,
  ImageParser,
  InMemoryCheckpointStore,
  projection,
  readAllEvents,
  replayEvents,
  type StreamRecord,
} from '@castore-dynamodb/streams';
import { describeOnEveryLayout, newAggregateId } from '@castore-dynamodb/testing/eventTables';
import { sealed } from '@castore-dynamodb/testing/transformations';

import { deleteAggregate, eraseAggregate, evolution, redactEvent } from '../../src/index.js';
import { caught, context, eventsOf, push, type Store, storeOf } from './support.js';

const options = { reason: 'Article 17' };

describeOnEveryLayout('Streams of what is redacted, erased or deleted', tables => {
  const { layout, dynamoDbClient } = tables;
  const tableName = tables.tableNames.events;
  const recordOf = async (aggregateId: string, version: number, eventName: string): Promise<StreamRecord> => {
    const pk = layout === 'single-table' ? `POKEMONS#${aggregateId}` : aggregateId;
    const Key = { aggregateId: { S: pk }, version: { N: String(version) } };
    const { Item } = await dynamoDbClient.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }));
    const eventSourceARN = `arn:aws:dynamodb:eu-west-1:111122223333:table/${tableName}/stream/2026-01-01T00:00:00.000`;
    return { eventName, eventSourceARN, dynamodb: { ...(Item && { NewImage: Item }), SequenceNumber: '1' } };
  };
  const recordsOf = (aggregateId: string, eventName: string, ...versions: number[]) =>
    Promise.all(versions.map(version => recordOf(aggregateId, version, eventName)));
  let lastProjection = 0;
  const newLog = (eventStore: Store) => {
    const seen: string[] = [];
    const log = projection({
      name: `log-${++lastProjection}`,
      eventStores: [eventStore],
      checkpoints: new InMemoryCheckpointStore(),
      on: { CAUGHT: ({ version, payload }) => void seen.push(`${version} ${payload?.name}`) },
    });
    const handler = createStreamHandler({ projections: [log], maxAttempts: 1, onFailure: () => 'park' });
    const handle = async (...Records: StreamRecord[]): Promise<void> => {
      await expect(handler({ Records })).resolves.toEqual({ batchItemFailures: [] });
      await expect(log.listParked()).resolves.toEqual([]);
    };
    return { log, seen, handle };
  };
  const redact = (eventStore: Store, aggregateId: string, version: number) =>
    redactEvent(eventStore, { ...options, aggregateId, version, redact: () => ({ payload: { name: 'someone' } }) });
  const failing = () => {
    throw new Error('There is no payload.');
  };
  const stores = {
    'as it is': storeOf(tables),
    'with transformations': storeOf(tables, {
      transformations: [
        evolution({
          eventStores: { POKEMONS: { TRAPPED: { upcasters: [failing], renamedTo: 'CAUGHT' }, CAUGHT: {} } },
        }),
        sealed('sealed', { isLater: true }),
      ],
    }),
  };

  describe.each(Object.entries(stores))('%s', (_, eventStore) => {
    it('do not come to a projection that has handled the events, and park nothing', async () => {
      const aggregateId = newAggregateId();
      await push(eventStore, aggregateId, 3);
      const { seen, handle, log } = newLog(eventStore);
      await handle(...(await recordsOf(aggregateId, 'INSERT', 1, 2, 3)));
      const { copies } = await redactEvent(eventStore, {
        ...options,
        aggregateId,
        version: 2,
        redact: () => ({}),
        projections: [log],
      });
      expect(copies.filter(({ kind }) => kind === 'projection').map(({ name }) => name)).toEqual([log.name]);
      await handle(await recordOf(aggregateId, 2, 'MODIFY'));
      await eraseAggregate(eventStore, aggregateId, options);
      await handle(...(await recordsOf(aggregateId, 'MODIFY', 1, 3)));
      // It goes on after that.
      await push(eventStore, aggregateId, 4, 4);
      await handle(await recordOf(aggregateId, 4, 'INSERT'));
      await deleteAggregate(eventStore, aggregateId);
      await handle(...(await recordsOf(aggregateId, 'REMOVE', 4, 3, 2, 1)));
      expect(seen).toEqual(['1 Ash 1', '2 Ash 2', '3 Ash 3', '4 Ash 4']);
    });

    it('come to one that is behind, in their new shape, once', async () => {
      const aggregateId = newAggregateId();
      await push(eventStore, aggregateId, 3);
      const before = await recordsOf(aggregateId, 'INSERT', 1, 2, 3);
      await redact(eventStore, aggregateId, 2);
      const { seen, handle } = newLog(eventStore);
      await handle(...before, await recordOf(aggregateId, 2, 'MODIFY'));
      expect(seen).toEqual(['1 Ash 1', '2 someone', '3 Ash 3']);
    });

    it('are read by replays, parsers and listings of all events, erased events without content', async () => {
      const [aggregateId, other] = [newAggregateId(), newAggregateId()];
      await push(eventStore, aggregateId, 2);
      await push(eventStore, other, 1);
      await redact(eventStore, other, 1);
      await eraseAggregate(eventStore, aggregateId, options);
      const { log, seen } = newLog(eventStore);
      await replayEvents({ projections: [log], from: '2026' });
      expect(seen).toEqual(expect.arrayContaining(['1 undefined', '2 undefined', '1 someone']));
      const [erased, ...others] = await new ImageParser({ sourceEventStores: [eventStore] }).parseRecords(
        await recordsOf(aggregateId, 'MODIFY', 1, 2),
      );
      const { payload: _payload, metadata: _metadata, ...event } = caught(aggregateId, 1);
      expect(erased).toStrictEqual({ ...context, event });
      expect(others).toHaveLength(1);
      const all: unknown[] = [];
      for await (const message of readAllEvents({ eventStores: [eventStore] })) all.push(message.event);
      expect(all).toEqual(expect.arrayContaining([event, ...(await eventsOf(eventStore, other))]));
      for (const each of [aggregateId, other]) await deleteAggregate(eventStore, each);
    });
  });
});
