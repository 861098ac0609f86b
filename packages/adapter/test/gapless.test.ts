import type { GroupedEvent } from '@castore/core';

import { DynamoDbEventStorageAdapter, DynamoDbSingleTableEventStorageAdapter } from '../src/index.js';
import { caught, context, describeOnEveryAdapter, newAggregateId, rejection } from './support.js';

describeOnEveryAdapter(
  'a gapless adapter',
  ({ layout, adapter: ungapped, dynamoDbClient, engine, tableName, requests }) => {
    const Adapter = layout === 'single-table' ? DynamoDbSingleTableEventStorageAdapter : DynamoDbEventStorageAdapter;
    const adapter = new Adapter({ tableName, dynamoDbClient, gapless: true });
    const grouped = (aggregateId: string, version: number): GroupedEvent =>
      Object.assign(adapter.groupEvent({ aggregateId, version, type: 'CAUGHT' }), { context });

    it('stores versions one after the other, at the cost of one more request and read unit each', async () => {
      const aggregateId = newAggregateId();
      for (const version of [1, 2, 3]) await adapter.pushEvent(caught(aggregateId, version), context);

      expect(requests.map(({ operation, units }) => [operation, units])).toStrictEqual([
        ['PutItem', 2],
        ['Query', 1],
        ['PutItem', 1],
        ['Query', 1],
        ['PutItem', 1],
      ]);
      await expect(adapter.getEvents(aggregateId, context)).resolves.toMatchObject({ events: { length: 3 } });
    });

    it('refuses a version whose predecessor is missing, and writes nothing', async () => {
      const aggregateId = newAggregateId();
      await adapter.pushEvent(caught(aggregateId, 1), context);

      for (const version of [3, 4]) {
        const error = await rejection(adapter.pushEvent(caught(aggregateId, version), context));
        expect(error).toMatchObject({ code: 'VersionGapError', ...context, aggregateId, version });
      }
      const forced = await rejection(adapter.pushEvent(caught(aggregateId, 3), { ...context, force: true }));
      expect(forced).toMatchObject({ code: 'VersionGapError' });
      await expect(adapter.getEvents(aggregateId, context)).resolves.toMatchObject({ events: { length: 1 } });
    });

    it('still reports a conflict as one', async () => {
      const aggregateId = newAggregateId();
      for (const version of [1, 2]) await adapter.pushEvent(caught(aggregateId, version), context);
      const error = await rejection(adapter.pushEvent(caught(aggregateId, 2), context));
      expect(error).toMatchObject({ code: 'EventAlreadyExistsError', version: 2 });
    });

    it('takes predecessors from the same group, in any order, and reads the others', async () => {
      const [pikachu, raichu] = [newAggregateId(), newAggregateId()];
      await adapter.pushEvent(caught(pikachu, 1), context);
      requests.splice(0);

      await adapter.pushEventGroup(
        {},
        grouped(pikachu, 3),
        grouped(pikachu, 2),
        grouped(raichu, 1),
        grouped(raichu, 2),
      );
      expect(requests.map(({ operation }) => operation)).toStrictEqual(['Query', 'TransactWriteItems']);

      const error = await rejection(adapter.pushEventGroup({}, grouped(newAggregateId(), 1), grouped(raichu, 4)));
      expect(error).toMatchObject({ code: 'VersionGapError', aggregateId: raichu, version: 4 });
    });

    it('reads predecessors through the client that the group goes through', async () => {
      const aggregateId = newAggregateId();
      await adapter.pushEvent(caught(aggregateId, 1), context);
      requests.splice(0);

      await adapter.pushEventGroup({ dynamoDbClient: engine.client() }, grouped(aggregateId, 2));
      expect(requests).toHaveLength(0);
    });

    it('is an option: without it gaps are stored', async () => {
      const aggregateId = newAggregateId();
      await ungapped.pushEvent(caught(aggregateId, 7), context);
      await expect(ungapped.getEvents(aggregateId, context)).resolves.toMatchObject({ events: [{ version: 7 }] });
      expect(requests).toHaveLength(2);
    });
  },
);
