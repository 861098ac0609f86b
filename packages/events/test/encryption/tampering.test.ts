import { type AttributeValue, DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { EventStore, EventType } from '@castore/core';
import { decodeEventItem } from '@castore-dynamodb/adapter';
import {
  createStreamHandler,
  InMemoryCheckpointStore,
  projection,
  readAllEvents,
  replayEvents,
} from '@castore-dynamodb/streams';
import { describeOnEveryLayout, newAggregateId, rejection } from '@castore-dynamodb/testing/eventTables';

import { context, encryptedTables, event, REGISTERED } from './support.js';

/** Where a ciphertext's parts are: a mark, the id of its key, a nonce, the encrypted value, a tag. */
const KEY_ID = { start: 4, end: 36 };

const flip = (bytes: Uint8Array, at: number, bits = 1): Uint8Array =>
  bytes.map((byte, index) => (index === at ? byte ^ bits : byte));

describeOnEveryLayout('ciphertexts that were changed', tables => {
  const { layout, tableNames, dynamoDbClient } = tables;
  const { open, itemOf, putItem, items, put, tableName } = encryptedTables(tables);
  const fields = { CUSTOMERS: { [REGISTERED]: ['payload.name', 'payload.nick'] } };

  /** An event with two encrypted values, and bytes that are not. */
  const pushed = async (aggregateId = newAggregateId()) => {
    const payload = { name: 'Ada', nick: 'Countess', photo: new Uint8Array([1, 2, 3]) };
    await open({ fields }).pushEvent(event(aggregateId, 1, { payload }), context);
    const item = await itemOf(aggregateId, 1);
    const members = item.payload?.M as Record<string, AttributeValue>;
    return {
      aggregateId,
      sealed: members.name?.B as Uint8Array,
      photo: members.photo?.B as Uint8Array,
      changed: (member: string, bytes: Uint8Array) => ({
        ...item,
        payload: { M: { ...members, [member]: { B: bytes } } },
      }),
    };
  };
  const unreadable = (aggregateId: string, path = 'payload.name') => ({
    code: 'UnreadableEventError',
    ...context,
    aggregateId,
    version: 1,
    path,
  });

  it('are refused with the place of the event, whichever byte was changed, and wherever they were cut', async () => {
    const [{ aggregateId, sealed, photo, changed }, reader] = [await pushed(), open()];
    const decode = (item: Record<string, AttributeValue>) =>
      rejection((async () => decodeEventItem(layout, context.eventStoreId, item, reader))());
    for (const [at] of sealed.entries()) {
      for (const bytes of [flip(sealed, at), flip(sealed, at, 0xff), sealed.subarray(0, at)]) {
        const error = await decode(changed('name', bytes));
        expect(error).toMatchObject(unreadable(aggregateId));
        expect(String(error)).not.toMatch(/Ada|Countess/);
      }
    }
    for (const at of [0, 1, 2, 3])
      expect(await decode(changed('photo', flip(photo, at)))).toMatchObject(unreadable(aggregateId, 'payload.photo'));
    // Nothing of it is encrypted any more, though it says so.
    const clear = { ...changed('name', sealed), payload: { M: { name: { S: 'Eve' } } } };
    expect(await decode(clear)).toMatchObject(unreadable(aggregateId, 'encoding'));
  });

  it('say of an unknown key which it is, and of one that was altered', async () => {
    const { aggregateId, sealed, changed } = await pushed();
    await putItem(changed('name', flip(sealed, KEY_ID.start)));
    const missing = { code: 'SubjectKeyError', reason: 'missing', keyId: expect.any(String) };
    const reading = open().getEvents(aggregateId, context);
    await expect(reading).rejects.toMatchObject({ ...unreadable(aggregateId), cause: missing });

    const other = await pushed();
    const keyId = Buffer.from(other.sealed.subarray(KEY_ID.start, KEY_ID.end)).toString('base64url');
    const key = (await items()).find(item => item['pk']?.S?.endsWith(keyId)) ?? {};
    await put({ ...key, wrappedKey: { B: flip(key['wrappedKey']?.B as Uint8Array, 20) } });
    await expect(open().getEvents(other.aggregateId, context)).rejects.toMatchObject({
      ...unreadable(other.aggregateId),
      // Both values are of that key.
      path: expect.stringMatching(/^payload\.(name|nick)$/),
      cause: { code: 'SubjectKeyError', reason: 'altered', keyId },
    });
  });

  it('say so if their key was lost, and a push has made another one since', async () => {
    const { aggregateId, sealed } = await pushed();
    const keyId = Buffer.from(sealed.subarray(KEY_ID.start, KEY_ID.end)).toString('base64url');
    const lost = (await items()).find(item => item['pk']?.S?.endsWith(keyId)) ?? {};
    const Key = { pk: lost['pk'], sk: lost['sk'] } as Record<string, AttributeValue>;
    await dynamoDbClient.send(new DeleteItemCommand({ TableName: tableName, Key }));
    await open().pushEvent(event(aggregateId, 9, { payload: { name: 'Ada' } }), context);
    await expect(open().getEvents(aggregateId, context)).rejects.toMatchObject({
      ...unreadable(aggregateId),
      path: expect.stringMatching(/^payload\.(name|nick)$/),
      message: expect.stringContaining('a key that its subject no longer has'),
    });
  });

  it('park their aggregate, and hold up no other one', async () => {
    const [broken, cut] = [await pushed('broken'), await pushed('cut'), await pushed('whole')];
    await putItem(broken.changed('name', flip(broken.sealed, KEY_ID.end - 1)));
    await putItem(cut.changed('nick', cut.sealed.subarray(0, 20)));
    const store = new EventStore({
      ...context,
      eventTypes: [new EventType<typeof REGISTERED, { name: string }>({ type: REGISTERED })],
      reducer: (_: { aggregateId: string; version: number }, { aggregateId, version }) => ({ aggregateId, version }),
      eventStorageAdapter: open({ fields }),
    });
    const seen: string[] = [];
    const newLog = (name: string) => {
      seen.splice(0);
      return projection({
        name,
        eventStores: [store],
        checkpoints: new InMemoryCheckpointStore(),
        on: { [REGISTERED]: ({ aggregateId }) => void seen.push(aggregateId) },
      });
    };
    const parked = async (log: ReturnType<typeof newLog>) =>
      (await log.listParked()).map(({ aggregateId, version, error }) => ({ aggregateId, version, name: error.name }));
    const both = expect.arrayContaining(
      ['broken', 'cut'].map(aggregateId => ({ aggregateId, version: 1, name: 'UnreadableEventError' })),
    );

    const replayed = newLog('replayed');
    await replayEvents({ projections: [replayed], maxAttempts: 1, onFailure: () => 'park' });
    expect(seen).toContain('whole');
    expect(seen).not.toContain('broken');
    await expect(parked(replayed)).resolves.toEqual(both);

    const streamed = newLog('streamed');
    const eventSourceARN = `arn:aws:dynamodb:us-east-1:123456789012:table/${tableNames.events}/stream/1`;
    const records = await Promise.all(
      ['broken', 'whole', 'cut'].map(async id => ({ eventSourceARN, dynamodb: { NewImage: await itemOf(id, 1) } })),
    );
    const handler = createStreamHandler({ projections: [streamed], maxAttempts: 1, onFailure: () => 'park' });
    await expect(handler(records as never)).resolves.toEqual({ batchItemFailures: [] });
    expect(seen).toEqual(['whole']);
    await expect(parked(streamed)).resolves.toEqual(both);

    const reading = async () => {
      for await (const _ of readAllEvents({ eventStores: [store], sortOnDisk: true }));
    };
    await expect(reading()).rejects.toMatchObject({ code: 'UnreadableEventError', ...context });
  });
});
