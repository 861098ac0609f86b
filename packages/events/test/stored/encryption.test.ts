import { describeOnEveryLayout, newAggregateId } from '@castore-dynamodb/testing/eventTables';

import { encryption, eraseAggregate, redactEvent, redactionsOf } from '../../src/index.js';
import { holds, keysTable } from '../encryption/support.js';
import { caught, eventsOf, itemsIn, push, storeOf } from './support.js';

const options = { reason: 'Article 17' };

describeOnEveryLayout(
  'What is done to encrypted events',
  tables => {
    const { dynamoDbClient } = tables;
    const { newKeys } = keysTable(dynamoDbClient);
    const keys = newKeys();
    const transformations = [
      encryption({
        keys,
        subjectOf: ({ aggregateId }) => aggregateId,
        fields: { POKEMONS: { CAUGHT: ['payload.name'] } },
      }),
    ];
    const eventStore = storeOf(tables, { transformations });
    const redact = (aggregateId: string) =>
      redactEvent(eventStore, {
        ...options,
        aggregateId,
        version: 1,
        redact: ({ payload, metadata }) => ({ payload: { ...payload, name: `${payload.name} junior` }, metadata }),
      });

    it('is encrypted as what is pushed', async () => {
      const aggregateId = newAggregateId();
      await push(eventStore, aggregateId, 2);
      await redact(aggregateId);
      await expect(eventsOf(eventStore, aggregateId)).resolves.toStrictEqual([
        caught(aggregateId, 1, { payload: { name: 'Ash 1 junior', level: 1 } }),
        caught(aggregateId, 2),
      ]);
      expect(holds(await itemsIn(dynamoDbClient, tables.tableNames.events), 'Ash')).toBe(false);
    });

    it('is erased without a key, and not redacted when the subject is forgotten', async () => {
      const aggregateId = newAggregateId();
      await push(eventStore, aggregateId, 2);
      await keys.forget(aggregateId);
      await expect(redact(aggregateId)).rejects.toMatchObject({ code: 'SubjectForgottenError' });
      await expect(redactionsOf(eventStore, aggregateId)).resolves.toEqual([]);
      await expect(eraseAggregate(eventStore, aggregateId, options)).resolves.toMatchObject({ events: 2 });
      await expect(eventsOf(eventStore, aggregateId)).resolves.toEqual(
        [1, 2].map(version => ({ ...caught(aggregateId, version), payload: undefined, metadata: undefined })),
      );
    });
  },
  { layouts: ['single-table'] },
);
