import { describeOnEveryLayout, newAggregateId } from '@castore-dynamodb/testing/eventTables';
import { useObjectServer } from '@castore-dynamodb/testing/objectServer';
import { sealed } from '@castore-dynamodb/testing/transformations';

import { deleteAggregate, eraseAggregate, largeEvents, redactEvent, type StoredEventsResult } from '../../src/index.js';
import { caught, eventsOf, storeOf } from './support.js';

describeOnEveryLayout(
  'What is done to events in S3',
  tables => {
    const server = useObjectServer();
    const { bucketName, objects } = server;
    const offload = { s3Client: server.client(), bucketName, from: 2000 };
    const transformations = [sealed('sealed'), largeEvents({ offload, compressFrom: 1_000_000 })];
    const eventStore = storeOf(tables, { transformations });
    const large = (name: string) => ({ payload: { name: name.repeat(3000) } });
    const objectsIn = ({ copies }: StoredEventsResult): string[] =>
      copies.filter(({ kind }) => kind === 'object').map(({ name }) => name);
    const names = (): string[] => [...objects.keys()].map(key => `s3://${bucketName}/${key}`);
    const options = { reason: 'Article 17' };

    it('writes other objects, and names those of before', async () => {
      const aggregateId = newAggregateId();
      for (const version of [1, 2]) await eventStore.pushEvent(caught(aggregateId, version, large(`${version}`)));
      const [first = '', second = ''] = names();
      const redacted = await redactEvent(eventStore, {
        ...options,
        aggregateId,
        version: 1,
        redact: () => large('someone'),
      });
      expect(objectsIn(redacted)).toEqual([first]);
      await expect(eventsOf(eventStore, aggregateId)).resolves.toMatchObject([large('someone'), large('2')]);
      const third = names().at(-1) ?? '';

      // Erasing asks S3 for nothing.
      server.choose = () => 'denied';
      const erased = await eraseAggregate(eventStore, aggregateId, options);
      expect(objectsIn(erased).toSorted()).toEqual([first, second, third].toSorted());
      expect(objectsIn(await eraseAggregate(eventStore, aggregateId, options)).toSorted()).toEqual(
        [first, second, third].toSorted(),
      );
      expect(objectsIn(await deleteAggregate(eventStore, aggregateId)).toSorted()).toEqual(
        [first, second, third].toSorted(),
      );
    });

    it('does not name an object that the event still has', async () => {
      const aggregateId = newAggregateId();
      const plain = storeOf(tables, { transformations: [largeEvents({ offload, compressFrom: 1_000_000 })] });
      await plain.pushEvent(caught(aggregateId, 1, large('once')));
      const [before] = names().slice(-1);
      await redactEvent(plain, { ...options, aggregateId, version: 1, redact: () => large('twice') });
      const again = await redactEvent(plain, {
        ...options,
        aggregateId,
        version: 1,
        redact: ({ payload }) => ({ payload }),
      });
      expect(objectsIn(again)).toEqual([before]);
    });
  },
  { layouts: ['single-table'] },
);
