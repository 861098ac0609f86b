import { randomBytes } from 'node:crypto';

import {
  DynamoDBSingleTableEventStorageAdapter as CastoreSingleTableAdapter,
  LegacyDynamoDBEventStorageAdapter as CastoreTablePerStoreAdapter,
} from '@castore/event-storage-adapter-dynamodb';
import type { EventTransformation } from '@castore-dynamodb/adapter';
import { describeOnEveryLayout, newAdapter, newAggregateId } from '@castore-dynamodb/testing/eventTables';
import { useObjectServer } from '@castore-dynamodb/testing/objectServer';
import { z } from 'zod';

import { encryption, evolution, largeEvents } from '../src/index.js';
import { context, encryptedTables, event, REGISTERED } from './encryption/support.js';

describeOnEveryLayout("Castore's own adapter", tables => {
  const { layout, dynamoDbClient } = tables;
  const tableName = tables.tableNames.events;
  const server = useObjectServer();
  const { newKeys, itemOf } = encryptedTables(tables);
  const keys = newKeys();
  const Castore = layout === 'single-table' ? CastoreSingleTableAdapter : CastoreTablePerStoreAdapter;
  const castore = new Castore({ tableName, dynamoDBClient: dynamoDbClient });
  const open = (...transformations: EventTransformation[]) =>
    newAdapter(layout, { tableName, dynamoDbClient, transformations });

  const schema = z.object({ name: z.string() }).passthrough();
  const upcasters = [({ payload }: { payload: unknown }) => ({ payload: { level: 1, ...(payload as object) } })];
  const evolving = evolution({
    eventStores: { CUSTOMERS: { [REGISTERED]: { schema }, CUSTOMER_MOVED: { upcasters } } },
  });
  const encrypting = encryption({
    keys,
    subjectOf: ({ aggregateId }) => (aggregateId.startsWith('nobody') ? undefined : aggregateId),
    fields: { CUSTOMERS: { [REGISTERED]: ['payload.name'], CUSTOMER_MOVED: [] } },
  });
  const storing = largeEvents({
    offload: { s3Client: server.client(), bucketName: server.bucketName, from: 20_000 },
  });
  const ours = open(evolving, encrypting, storing);
  /** What Castore's adapter reads of an event that ours has stored. */
  const seen = async (aggregateId: string) => (await castore.getEvents(aggregateId, context)).events;

  it('reads what the transformations had no reason to change: the item is the one that is stored without them', async () => {
    const [one, other] = [`nobody-${newAggregateId()}`, `nobody-${newAggregateId()}`];
    const pushed = event(one, 1, { payload: { name: 'Ada' }, metadata: { photo: new Uint8Array([1]) } });
    await ours.pushEvent(pushed, context);
    await open().pushEvent({ ...pushed, aggregateId: other }, context);
    const [{ pushId: _, aggregateId: __, ...transformed }, { pushId: ___, aggregateId: ____, ...plain }] = [
      await itemOf(one, 1),
      await itemOf(other, 1),
    ];
    expect(transformed).toStrictEqual(plain);
    await expect(seen(one)).resolves.toEqual([pushed]);
    const { aggregateIds } = await castore.listAggregateIds(context);
    expect(aggregateIds).toContainEqual(expect.objectContaining({ aggregateId: one }));
  });

  it('writes what ours reads, in the shape of today', async () => {
    const aggregateId = newAggregateId();
    const moved = event(aggregateId, 1, { type: 'CUSTOMER_MOVED', payload: { to: 'Paris' } });
    await castore.pushEvent(moved, context);
    await expect(ours.getEvents(aggregateId, context)).resolves.toEqual({
      events: [{ ...moved, payload: { level: 1, to: 'Paris' } }],
    });
    await expect(seen(aggregateId)).resolves.toEqual([moved]);
    await expect(ours.pushEvent(moved, context)).rejects.toMatchObject({ code: 'EventAlreadyExistsError' });
  });

  it('reads bytes in place of what is encrypted, also when it is forgotten, and the rest as it was', async () => {
    const aggregateId = newAggregateId();
    const payload = { name: 'Ada Lovelace', plan: 'free' };
    await ours.pushEvent(event(aggregateId, 1, { payload }), context);
    const left = [event(aggregateId, 1, { payload: { name: expect.any(Uint8Array), plan: 'free' } })];
    await expect(seen(aggregateId)).resolves.toEqual(left);
    await keys.forget(aggregateId);
    await expect(seen(aggregateId)).resolves.toEqual(left);
    expect(Buffer.from(JSON.stringify(await seen(aggregateId))).includes('Lovelace')).toBe(false);
  });

  it('reads where a large event is, and not what is in it', async () => {
    const aggregateId = `nobody-${newAggregateId()}`;
    const pushed = [
      event(aggregateId, 1, { payload: { name: 'Ada '.repeat(1000) }, metadata: { by: 'crm' } }),
      event(aggregateId, 2, { payload: { name: randomBytes(30_000).toString('base64') } }),
    ];
    for (const each of pushed) await ours.pushEvent(each, context);
    await expect(seen(aggregateId)).resolves.toEqual([
      event(aggregateId, 1, {
        payload: { size: expect.any(Number), compression: 'brotli', bytes: expect.any(Uint8Array) },
      }),
      event(aggregateId, 2, {
        payload: {
          size: expect.any(Number),
          compression: 'brotli',
          object: expect.stringMatching(/^events\/[0-9a-f]{64}$/),
        },
      }),
    ]);
    await expect(ours.getEvents(aggregateId, context)).resolves.toStrictEqual({ events: pushed });
  });
});
