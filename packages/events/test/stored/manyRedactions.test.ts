import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describeOnEveryLayout, newAggregateId, rejection } from '@castore-dynamodb/testing/eventTables';

import { eraseAggregate, redactEvent, redactionsOf } from '../../src/index.js';
import { caught, eventsOf, itemsIn, push, storeOf } from './support.js';

describeOnEveryLayout(
  'the records of what was done to an event',
  tables => {
    const eventStore = storeOf(tables);
    const reason = 'x'.repeat(1000);
    /** The one that there is, so often: as if somebody had redacted the event again and again. */
    const repeatRecord = async (aggregateId: string, times: number) => {
      const TableName = tables.tableNames.events;
      const isOf = ({ aggregateId: key }: { aggregateId?: { S?: string } }) => key?.S?.endsWith(aggregateId);
      const item = (await itemsIn(tables.dynamoDbClient, TableName)).find(isOf);
      const record = item?.['redactions']?.L?.[0]?.M ?? {};
      const L = Array.from({ length: times }, (_, id) => ({ M: { ...record, id: { S: String(id) } } }));
      await tables.dynamoDbClient.send(new PutItemCommand({ TableName, Item: { ...item, redactions: { L } } }));
    };

    it('are at most 100 before an erasure, for which there is always room', async () => {
      const aggregateId = newAggregateId();
      await push(eventStore, aggregateId, 1);
      const redact = (level: number) =>
        redactEvent(eventStore, {
          aggregateId,
          version: 1,
          reason,
          redact: event => ({ ...event, payload: { ...event.payload, level } }),
        });
      await redact(100);
      await repeatRecord(aggregateId, 99);
      await redact(200);
      await expect(redact(201)).rejects.toMatchObject({
        code: 'TooManyRedactionsError',
        eventStoreId: 'POKEMONS',
        aggregateId,
        version: 1,
        limit: 100,
      });
      await expect(redact(200)).resolves.toMatchObject({ events: 0 });
      await expect(eventsOf(eventStore, aggregateId)).resolves.toMatchObject([{ payload: { level: 200 } }]);
      await expect(eraseAggregate(eventStore, aggregateId, { reason })).resolves.toMatchObject({ events: 1 });
      const [{ redactions } = { redactions: [] }] = await redactionsOf(eventStore, aggregateId);
      expect(redactions.map(({ kind }) => kind)).toEqual([...Array(100).fill('redacted'), 'erased']);
    });

    it('count towards the 400 KB: what has no room for one is refused as it is, and can be erased', async () => {
      const aggregateId = newAggregateId();
      const payload = { name: 'x'.repeat(408_900) };
      await eventStore.pushEvent(caught(aggregateId, 1, { payload }));
      const redact = (name: string) =>
        redactEvent(eventStore, {
          aggregateId,
          version: 1,
          reason,
          redact: event => ({ ...event, payload: { name } }),
        });
      const error = await rejection(redact('y'.repeat(408_900)));
      expect(error).toMatchObject({ code: 'EventTooLargeError', aggregateId, version: 1 });
      await expect(eventsOf(eventStore, aggregateId)).resolves.toMatchObject([{ payload }]);
      await redact('y'.repeat(408_900 - 1200));
      await expect(eraseAggregate(eventStore, aggregateId, { reason })).resolves.toMatchObject({ events: 1 });
    });
  },
  { layouts: ['single-table'] },
);
