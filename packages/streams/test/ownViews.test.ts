import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EXACT_UNITS } from '@castore-dynamodb/testing/eventTables';

import {
  createStreamHandler,
  deleteProjection,
  type OnFailure,
  type ProjectionFailure,
  replayEvents,
} from '../src/index.js';
import { crashAt } from './support/crash.js';
import { describeOnOneLayout } from './support/describeOnEveryLayout.js';
import { connectEventStores, newAggregateId } from './support/eventStores.js';
import { useOwnViews } from './support/ownViews.js';

const silent: OnFailure = () => {};

describeOnOneLayout(
  'A view that each aggregate has for itself',
  context => {
    const { engine, layout, pokemons, trainers, tableNames, dynamoDbClient, requests } = context;
    const { tableName, newName, newView, itemOf, push, rename, recordsOf } = useOwnViews(context);
    const operations = (): string[] => requests.map(({ operation }) => operation);

    it('costs a read for each aggregate and one write, whatever the number of events', async () => {
      const ids = Array.from({ length: 3 }, newAggregateId);
      for (const version of [1, 2, 3]) for (const id of ids) await push(id, version);
      const view = newView();
      const handler = createStreamHandler({ projections: [view] });
      const records = await recordsOf(...ids);
      await handler(records);
      expect(requests.map(({ operation, units }) => [operation, units])).toStrictEqual([
        ['BatchGetItem', engine.engine === 'dynoxide' ? 3 : expect.any(Number)],
        ['PutItem', 1],
        ['PutItem', 1],
        ['PutItem', 1],
      ]);
      for (const id of ids) await expect(view.getView(id)).resolves.toStrictEqual({ log: ['1', '2', '3'] });

      requests.splice(0);
      await handler(records);
      expect(requests.map(({ operation, units }) => [operation, units])).toStrictEqual([['BatchGetItem', 3]]);
    });

    it('is an item with the members as attributes, and the position', async () => {
      const id = newAggregateId();
      await push(id, 1);
      const view = newView();
      await createStreamHandler({ projections: [view] })(await recordsOf(id));
      expect(await itemOf(view, id)).toStrictEqual({
        pk: { S: `${view.name}#${id}` },
        sk: { S: 'view' },
        _revision: { S: expect.stringMatching(/^[\w-]{12}$/) },
        _position: { S: expect.stringMatching(/^{"version":1,"recent":".{6}"}$/) },
        log: { L: [{ S: '1' }] },
      });
    });

    it('is none as long as no event touches it, and none any more when it is undefined', async () => {
      const id = newAggregateId();
      await rename(id, 1);
      await push(id, 2);
      await rename(id, 3);
      await push(id, 4);
      await push(id, 5);
      const view = newView({ deletedBy: 4 });
      const handler = createStreamHandler({ projections: [view] });
      const views: unknown[] = [];
      for (const record of await recordsOf(id)) {
        await handler([record]);
        views.push(await view.getView(id));
      }
      expect(views).toStrictEqual([undefined, { log: ['2'] }, { log: ['2'] }, undefined, { log: ['5'] }]);
      expect((await itemOf(view, id))?.['_position']?.S).toContain('"version":5');
    });

    it('parks what cannot be applied, and goes on from there', async () => {
      const [bad, good] = [newAggregateId(), newAggregateId()];
      for (const version of [1, 2, 3]) await push(bad, version);
      await push(good, 1);
      const name = newName();
      const broken = newView({
        name,
        handle: ({ aggregateId, version }) => {
          if (aggregateId === bad && version === 2) throw new RangeError('broken');
        },
      });
      const onParked = jest.fn();
      const handler = createStreamHandler({ projections: [broken], onFailure: silent, onParked, maxAttempts: 2 });
      await expect(handler(await recordsOf(bad, good))).resolves.toStrictEqual({ batchItemFailures: [] });
      expect(onParked.mock.calls).toMatchObject([[{ aggregateId: bad, version: 2, error: { name: 'RangeError' } }]]);
      await expect(broken.getView(bad)).resolves.toStrictEqual({ log: ['1'] });
      await expect(broken.getView(good)).resolves.toStrictEqual({ log: ['1'] });

      await expect(broken.retryParked({ eventStoreId: 'POKEMONS', aggregateId: bad })).resolves.toBe('parked');
      const [parked] = await broken.listParked();
      await expect(newView({ name }).retryParked(parked as never, { skip: true })).resolves.toBe('done');
      await expect(broken.getView(bad)).resolves.toStrictEqual({ log: ['1', '3'] });
      await expect(broken.listParked()).resolves.toStrictEqual([]);
    });

    it('parks the very first event of an aggregate, before there is an item', async () => {
      const id = newAggregateId();
      await push(id, 1);
      const name = newName();
      const broken = newView({
        name,
        handle: () => {
          throw new RangeError('broken');
        },
      });
      await createStreamHandler({ projections: [broken], onFailure: silent, maxAttempts: 1 })(await recordsOf(id));
      await expect(broken.getView(id)).resolves.toBeUndefined();
      const [parked] = await broken.listParked();
      await expect(newView({ name }).retryParked(parked as never)).resolves.toBe('done');
      await expect(broken.getView(id)).resolves.toStrictEqual({ log: ['1'] });
    });

    it('loses nothing and repeats nothing, in whichever request the process dies', async () => {
      const [one, two] = [newAggregateId(), newAggregateId()];
      for (const version of [1, 2]) await push(one, version);
      await push(two, 1);
      await rename(two, 2);
      const records = (await recordsOf(one, two)).toReversed();
      const batches = [records.slice(0, 1), records];
      let requestsOfOneRun = Number.POSITIVE_INFINITY;
      for (let request = 1; request <= requestsOfOneRun; request++) {
        for (const isSent of [false, true]) {
          const name = newName();
          const client = engine.client();
          const count = crashAt(client, { request, isSent });
          const dying = newView({ name, client, eventStore: connectEventStores(layout, client, tableNames).pokemons });
          const dyingHandler = createStreamHandler({ projections: [dying], onFailure: silent, maxAttempts: 1 });
          for (const batch of batches) await dyingHandler(batch);
          if (count() < request) requestsOfOneRun = request;

          const view = newView({ name });
          for (const batch of batches) {
            await expect(createStreamHandler({ projections: [view] })(batch)).resolves.toStrictEqual({
              batchItemFailures: [],
            });
          }
          await expect(view.getView(one)).resolves.toStrictEqual({ log: ['1', '2'] });
          await expect(view.getView(two)).resolves.toStrictEqual({ log: ['1'] });
        }
      }
      expect(requestsOfOneRun).toBeGreaterThan(4);
    });

    it('is written by one of several processes at a time, and nothing is lost or applied twice', async () => {
      const id = newAggregateId();
      for (let version = 1; version <= 12; version++) await push(id, version);
      const records = await recordsOf(id);
      const name = newName();
      const handlers = Array.from({ length: 3 }, () =>
        createStreamHandler({ projections: [newView({ name, client: engine.client() })] }),
      );
      await Promise.all(
        handlers.map(async handler => {
          for (const record of records) await handler([record]);
        }),
      );
      const log = Array.from({ length: 12 }, (_, index) => String(index + 1));
      await expect(newView({ name }).getView(id)).resolves.toStrictEqual({ log });
    });

    it('has aggregates of ids that are long or hold anything', async () => {
      const long = `${newAggregateId()}${'é#'.repeat(670)}`;
      const hash = (await import('node:crypto')).createHash('sha256').update(long).digest('hex');
      const ids = [long, `sha256:${hash}`, '#', '__proto__'];
      for (const id of ids) await push(id, 1);
      const view = newView({ name: `${newName()}${'n'.repeat(80)}` });
      await createStreamHandler({ projections: [view] })(await recordsOf(...ids));
      await push(long, 2);
      await createStreamHandler({ projections: [view] })((await recordsOf(long)).slice(-1));
      for (const id of ids)
        await expect(view.getView(id)).resolves.toStrictEqual({ log: id === long ? ['1', '2'] : ['1'] });
    });

    it('is built by a replay, and deleted with its projection', async () => {
      const ids = Array.from({ length: 120 }, newAggregateId);
      await Promise.all(ids.map(id => push(id, 1)));
      const view = newView();
      requests.splice(0);
      await replayEvents({ projections: [view], segments: 1 });
      for (const id of [ids[0], ids[119]] as string[])
        await expect(view.getView(id)).resolves.toStrictEqual({ log: ['1'] });
      expect(operations()).not.toContain('TransactWriteItems');
      const { deletedItems } = await deleteProjection({ name: view.name, tableName, dynamoDbClient });
      expect(deletedItems).toBeGreaterThanOrEqual(120);
      await expect(view.getView(ids[0] as string)).resolves.toBeUndefined();
    });

    it('cannot take over what was written with another key, nor the other way round', async () => {
      for (const isOwnFirst of [true, false]) {
        const id = newAggregateId();
        await push(id, 1);
        await push(id, 2);
        const name = newName();
        const [first, second] = await recordsOf(id);
        const other = ({ aggregateId }: { aggregateId: string }) => aggregateId;
        const [before, after] = [
          newView({ name, ...(!isOwnFirst && { key: other }) }),
          newView({ name, ...(isOwnFirst && { key: other }) }),
        ];
        await createStreamHandler({ projections: [before] })([first as never]);
        const failures: ProjectionFailure[] = [];
        const onFailure = (failure: ProjectionFailure) => void failures.push(failure);
        const handler = createStreamHandler({ projections: [after], maxAttempts: 1, onFailure });
        expect((await handler([second as never])).batchItemFailures).toHaveLength(1);
        expect(failures).toMatchObject([{ kind: 'passing', error: { code: 'InvalidArgumentError', argument: 'key' } }]);
        await expect(after.getView(id)).resolves.toStrictEqual({ log: ['1'] });
      }
    });

    it('is refused with a position that somebody else wrote, by name', async () => {
      const id = newAggregateId();
      await push(id, 1);
      const view = newView();
      const members: Record<string, AttributeValue> = { _position: { S: 'one' }, log: { L: [] } };
      const Item = { pk: { S: `${view.name}#${id}` }, sk: { S: 'view' }, ...members };
      await dynamoDbClient.send(new PutItemCommand({ TableName: tableName, Item }));
      const onFailure = jest.fn();
      await createStreamHandler({ projections: [view], maxAttempts: 1, onFailure })(await recordsOf(id));
      expect(onFailure.mock.calls).toMatchObject([[{ kind: 'passing', error: { code: 'UnreadablePositionError' } }]]);
    });

    it('is of one event store, and has no other keys', () => {
      for (const [key, eventStores] of [
        ['aggregateId', [pokemons, trainers]],
        ['id', [pokemons]],
      ] as const) {
        expect(() => newView({ key: key as never, eventStores: eventStores as never })).toThrow(
          expect.objectContaining({ code: 'InvalidArgumentError', argument: 'key' }),
        );
      }
    });
  },
  EXACT_UNITS,
);
