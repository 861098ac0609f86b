import { EventStore, EventType } from '@castore/core';
import { describeOnEveryLayout, newAggregateId, rejection } from '@castore-dynamodb/testing/eventTables';

import { redactEvent } from '../../src/index.js';
import { context, encryptedTables, event, REGISTERED } from './support.js';

interface Registered {
  name: string | null;
  note?: string;
}

describeOnEveryLayout('redaction of encrypted events', tables => {
  const { open, newKeys, itemOf } = encryptedTables(tables);
  const fields = { CUSTOMERS: { [REGISTERED]: ['payload.name'] } };
  const connect = (keys = newKeys()) =>
    new EventStore({
      ...context,
      eventTypes: [new EventType<typeof REGISTERED, Registered>({ type: REGISTERED })],
      reducer: (_: { aggregateId: string; version: number }, { aggregateId, version }) => ({ aggregateId, version }),
      eventStorageAdapter: open({ keys, fields }),
    });
  const pushed = async (store: ReturnType<typeof connect>) => {
    const aggregateId = newAggregateId();
    const payload = { name: 'Ada', note: 'Ada called' };
    await store.pushEvent(event(aggregateId, 1, { payload }) as never);
    return aggregateId;
  };
  const withoutNote = (aggregateId: string) => ({
    aggregateId,
    version: 1,
    reason: 'ticket 1',
    redact: ({ payload: { name } }: { payload: Registered }) => ({ payload: { name } }),
  });

  it('encrypts the new content', async () => {
    const store = connect();
    const aggregateId = await pushed(store);
    await redactEvent(store, withoutNote(aggregateId));
    expect((await itemOf(aggregateId, 1)).payload).toStrictEqual({ M: { name: { B: expect.any(Uint8Array) } } });
    await expect(connect().getEvents(aggregateId)).resolves.toMatchObject({ events: [{ payload: { name: 'Ada' } }] });
  });

  it('reaches what was never encrypted, after the subject was forgotten too', async () => {
    const keys = newKeys();
    const store = connect(keys);
    const aggregateId = await pushed(store);
    await keys.forget(aggregateId);

    await redactEvent(store, withoutNote(aggregateId));

    const item = await itemOf(aggregateId, 1);
    expect(item).not.toHaveProperty('encoding');
    expect(item.payload).toStrictEqual({ M: { name: { NULL: true } } });
    await expect(connect().getEvents(aggregateId)).resolves.toMatchObject({ events: [{ payload: { name: null } }] });
  });

  it('reaches an event whose forgotten values are left out; elements of arrays read null, and keep their places', async () => {
    const [aggregateId, keys] = [newAggregateId(), newKeys()];
    const encrypted = { CUSTOMERS: { [REGISTERED]: ['payload.name', 'payload.tags[*].of', 'payload.tags[*].no[1]'] } };
    const eventStore = new EventStore({
      ...context,
      eventTypes: [new EventType<typeof REGISTERED, { tags: object[]; note?: string }>({ type: REGISTERED })],
      reducer: (_: { aggregateId: string; version: number }, { version }) => ({ aggregateId, version }),
      eventStorageAdapter: open({ keys, fields: encrypted, forgotten: () => undefined }),
    });
    const payload = { name: 'Ada', note: 'Ada called', tags: [{ of: 'Ada', no: [1, 2, 3] }, { no: [1] }] };
    await eventStore.pushEvent(event(aggregateId, 1, { payload }) as never);
    await keys.forget(aggregateId);

    const left = { tags: [{ no: [1, null, 3] }, { no: [1] }] };
    await expect(eventStore.getEvents(aggregateId)).resolves.toMatchObject({ events: [{ payload: left }] });
    const redact = (found: { payload: { tags: object[] } }) => ({ ...found, payload: { tags: found.payload.tags } });
    await redactEvent(eventStore, { aggregateId, version: 1, reason: 'ticket 1', redact });
    const { events } = await eventStore.getEvents(aggregateId);
    expect(events[0]?.payload).toStrictEqual(left);
  });

  it('does not bring data of a forgotten subject back', async () => {
    const keys = newKeys();
    const store = connect(keys);
    const aggregateId = await pushed(store);
    await keys.forget(aggregateId);
    const redact = () => ({ payload: { name: 'Ada' } });
    const error = await rejection(redactEvent(store, { ...withoutNote(aggregateId), redact }));
    expect(error).toMatchObject({ code: 'SubjectForgottenError' });
  });
});
