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
