import type { EventDetail } from '@castore/core';
import { EventStore, EventType } from '@castore/core';
import { describeOnEveryLayout, newAdapter, newAggregateId, rejection } from '@castore-dynamodb/testing/eventTables';

import {
  type EncryptionOptions,
  encryption,
  evolution,
  largeEvents,
  redactEvent,
  redactionsOf,
  type TypeShape,
} from '../../src/index.js';
import { context, encryptedTables, event, holds, REGISTERED } from './support.js';

type Redact = (event: { type: string; payload: Record<string, unknown> }) => { payload?: unknown };
type Shapes = Record<string, TypeShape>;

describeOnEveryLayout(
  'what a redaction leaves of encrypted events',
  tables => {
    const { newKeys, itemOf } = encryptedTables(tables);
    const { tableNames, dynamoDbClient, layout } = tables;
    const ofUser = { subjectOf: ({ payload }: EventDetail) => (payload as { user?: string } | undefined)?.user };
    const nameOnly = { CUSTOMERS: { [REGISTERED]: ['payload.name'] } };
    const connect = (keys = newKeys(), options: Partial<EncryptionOptions> = {}, shapes: Shapes = {}) =>
      new EventStore({
        ...context,
        eventTypes: [new EventType<string, Record<string, unknown>>({ type: REGISTERED })],
        reducer: (_: { aggregateId: string; version: number }, { version, aggregateId }) => ({ aggregateId, version }),
        eventStorageAdapter: newAdapter(layout, {
          tableName: tableNames.events,
          dynamoDbClient,
          transformations: [
            evolution({ eventStores: { CUSTOMERS: shapes } }),
            encryption({ keys, subjectOf: ({ aggregateId }) => aggregateId, ...options }),
            largeEvents({ compressFrom: 10 }),
          ],
        }),
      });
    const pushed = async (store: ReturnType<typeof connect>, payload: unknown) => {
      const aggregateId = newAggregateId();
      await store.pushEvent(event(aggregateId, 1, { payload }) as never);
      return aggregateId;
    };
    const redacted = (store: ReturnType<typeof connect>, aggregateId: string, redact: Redact) =>
      redactEvent(store, { aggregateId, version: 1, reason: 'ticket 1', redact });
    const payloadIn = async (store: ReturnType<typeof connect>, aggregateId: string) =>
      (await store.getEvents(aggregateId)).events[0]?.payload;
    const unchanged = async (aggregateId: string, store = connect()) =>
      expect(await redactionsOf(store, aggregateId)).toStrictEqual([]);

    it.each<[string, Redact]>([
      ['is not there any more', ({ payload: { user, ...rest } }) => (user === undefined ? {} : { payload: rest })],
      ['is another one', ({ payload }) => ({ payload: { ...payload, user: 'nobody' } })],
    ])('stays encrypted for its subject, and is forgotten with it, if the id %s', async (_, redact) => {
      const keys = newKeys();
      const store = connect(keys, ofUser);
      const user = newAggregateId();
      const aggregateId = await pushed(store, { user, name: 'Ada Lovelace', age: 36 });
      await redacted(store, aggregateId, redact);
      expect(holds(await itemOf(aggregateId, 1), 'Lovelace')).toBe(false);
      expect(await payloadIn(connect(newKeys(), ofUser), aggregateId)).toMatchObject({ name: 'Ada Lovelace', age: 36 });
      await keys.forget(user);
      expect(await payloadIn(connect(newKeys(), ofUser), aggregateId)).toBeNull();
    });

    it('stays encrypted if its event is said to be about nobody since', async () => {
      const aggregateId = await pushed(connect(), { name: 'Ada', note: 'a' });
      const later = connect(newKeys(), { subjectOf: () => undefined });
      await redacted(later, aggregateId, ({ payload: { name } }) => ({ payload: { name } }));
      expect(await itemOf(aggregateId, 1)).toMatchObject({ encoding: { S: expect.stringContaining('encryption') } });
      await expect(payloadIn(later, aggregateId)).resolves.toStrictEqual({ name: 'Ada' });
    });

    const moved: Shapes = {
      [REGISTERED]: {
        upcasters: [
          ({ payload }) => {
            const { name, ...rest } = payload as { name: string | null };
            return { payload: { ...rest, since: 'unknown', profile: { name: name && `Dr. ${name}` } } };
          },
        ],
      },
    };
    const withoutNote: Redact = ({ payload: { note, ...rest } }) => (note === undefined ? {} : { payload: rest });

    it('is refused, and nothing is written, if an upcaster has moved it away from its path', async () => {
      const aggregateId = await pushed(connect(newKeys(), { fields: nameOnly }), { name: 'Ada', note: 'a', level: 1 });
      const store = connect(newKeys(), { fields: nameOnly }, moved);
      const error = await rejection(redacted(store, aggregateId, withoutNote));
      expect(error).toMatchObject({ code: 'UnencryptedValueError', aggregateId, version: 1, type: REGISTERED });
      expect(error).toMatchObject({ paths: ['payload.profile.name'], message: expect.not.stringContaining('Ada') });
      await unchanged(aggregateId, store);

      const paths = ['payload.name', 'payload.profile.name'];
      const mended = connect(newKeys(), { fields: { CUSTOMERS: { [REGISTERED]: paths } } }, moved);
      await redacted(mended, aggregateId, withoutNote);
      const payload = { level: 1, since: 'unknown', profile: { name: 'Dr. Ada' } };
      await expect(payloadIn(mended, aggregateId)).resolves.toStrictEqual(payload);
      expect(holds(await itemOf(aggregateId, 1), 'Ada')).toBe(false);
    });

    it('may be taken away, or made something else, where it is not encrypted any more', async () => {
      for (const profile of [{}, { name: 'redacted' }]) {
        const aggregateId = await pushed(connect(newKeys(), { fields: nameOnly }), { name: 'Ada', level: 1 });
        const store = connect(newKeys(), { fields: nameOnly }, moved);
        await redacted(store, aggregateId, ({ payload }) => ({ payload: { ...payload, profile } }));
        await expect(payloadIn(store, aggregateId)).resolves.toMatchObject({ level: 1, profile });
      }
    });

    it('is refused if its type was renamed, and the new name has no such field', async () => {
      const aggregateId = await pushed(connect(newKeys(), { fields: nameOnly }), { name: 'Ada', note: 'a' });
      const shapes: Shapes = { [REGISTERED]: { renamedTo: 'SIGNED_UP' }, SIGNED_UP: {} };
      const fields = { CUSTOMERS: { ...nameOnly.CUSTOMERS, SIGNED_UP: [] } };
      const store = connect(newKeys(), { fields }, shapes);
      const error = await rejection(redacted(store, aggregateId, withoutNote));
      expect(error).toMatchObject({ code: 'UnencryptedValueError', type: 'SIGNED_UP', paths: ['payload.name'] });
      await unchanged(aggregateId, store);
    });

    it('is stored as it is when its subject was forgotten, and nothing of it is left', async () => {
      const keys = newKeys();
      const aggregateId = await pushed(connect(keys, { fields: nameOnly }), { name: 'Ada', note: 'a' });
      await keys.forget(aggregateId);
      const store = connect(keys, { fields: nameOnly }, moved);
      await redacted(store, aggregateId, withoutNote);
      await expect(payloadIn(store, aggregateId)).resolves.toStrictEqual({ since: 'unknown', profile: { name: null } });
    });
  },
  { layouts: ['single-table'] },
);
