import type { EventStorageAdapter } from '@castore/core';
import { type EventDetail, EventStore, EventType } from '@castore/core';
import {
  DynamoDbSnapshotStorage,
  InMemorySnapshotStorage,
  type Snapshot,
  type SnapshotError,
  withSnapshots,
} from '@castore-dynamodb/snapshots';
import { describeOnEveryLayout, newAggregateId, operations } from '@castore-dynamodb/testing/eventTables';

import type { EncryptionOptions } from '../../src/index.js';
import { context, encryptedTables, holds } from './support.js';

const NAMED = 'CUSTOMER_NAMED';

interface Customers {
  aggregateId: string;
  version: number;
  names: (string | null)[];
}

const newStore = (eventStorageAdapter: EventStorageAdapter) =>
  new EventStore({
    ...context,
    eventTypes: [new EventType<typeof NAMED, { by: string; name: string }>({ type: NAMED })],
    reducer: (customers: Customers, { aggregateId, version, payload }: EventDetail): Customers => ({
      aggregateId,
      version,
      names: [...(customers?.names ?? []), (payload as { name: string | null }).name],
    }),
    eventStorageAdapter,
  });
type Store = ReturnType<typeof newStore>;

const OPTIONS: Partial<EncryptionOptions> = {
  subjectOf: ({ payload }) => (payload as { by: string }).by,
  fields: { CUSTOMERS: { [NAMED]: ['payload.name'] } },
};

/** Shows what lies in it. */
class OpenStorage extends InMemorySnapshotStorage {
  readonly all: Snapshot[] = [];
  override async putSnapshot(snapshot: Snapshot): Promise<void> {
    this.all.push(snapshot);
    await super.putSnapshot(snapshot);
  }
}

describeOnEveryLayout('snapshots of encrypted events', tables => {
  const { tableNames, dynamoDbClient, requests } = tables;
  const { open, plain, newKeys } = encryptedTables(tables);
  const inTable = () => new DynamoDbSnapshotStorage({ tableName: tableNames.events, dynamoDbClient });

  /** As in a process of its own. */
  const connect = (options: Partial<Parameters<typeof withSnapshots<Store>>[1]> = {}, keys = newKeys()) => {
    const errors: SnapshotError[] = [];
    const store = withSnapshots<Store>(newStore(open({ keys, ...OPTIONS })), {
      storage: inTable(),
      reducerVersion: '1',
      onSnapshotError: (error: SnapshotError) => void errors.push(error),
      ...options,
    } as never);
    return { store, errors, keys };
  };
  type Connected = ReturnType<typeof connect>['store'];
  /** The names of two people, each in an event of theirs. */
  const push = async (store: Pick<Connected, 'pushEvent'>, aggregateId: string, names: Record<string, string>) => {
    let version = 0;
    for (const [by, name] of Object.entries(names)) {
      await store.pushEvent({ aggregateId, version: ++version, type: NAMED, payload: { by, name } });
    }
  };
  const namesOf = async (store: Connected, aggregateId: string) =>
    (await store.getExistingAggregate(aggregateId)).aggregate.names;
  /** Takes a snapshot of one aggregate. */
  const take = async (aggregateId: string, options: Parameters<typeof connect>[0] = {}) => {
    const { store, errors } = connect({ policy: ({ trigger }) => trigger === 'load', ...options });
    await store.getAggregate(aggregateId);
    await store.snapshots.settled();
    return errors;
  };
  const newPeople = () => {
    const aggregateId = newAggregateId();
    return {
      aggregateId,
      people: { [`ada of ${aggregateId}`]: 'Ada Lovelace', [`bob of ${aggregateId}`]: 'Bob Dylan' },
    };
  };

  it('are encrypted, say whose they are, and are used', async () => {
    const { aggregateId, people } = newPeople();
    const storage = new OpenStorage();
    const { store, errors } = connect({ storage });
    await push(store, aggregateId, people);
    await take(aggregateId, { storage });

    const snapshot = storage.all.find(each => each.aggregateId === aggregateId);
    expect(snapshot?.subjects).toStrictEqual([expect.any(String), expect.any(String)]);
    expect(holds(snapshot, 'Lovelace')).toBe(false);
    expect(holds(snapshot, 'ada of')).toBe(false);
    const loaded = await connect({ storage }).store.getExistingAggregate(aggregateId);
    expect(loaded).toMatchObject({ aggregate: { names: ['Ada Lovelace', 'Bob Dylan'] }, snapshot: { version: 2 } });
    expect(errors).toStrictEqual([]);
  });

  it('cannot be used once one of their subjects is forgotten, and leave the others what is theirs', async () => {
    const { aggregateId, people } = newPeople();
    const other = newPeople();
    const { store, errors, keys } = connect();
    for (const each of [{ aggregateId, people }, other]) {
      await push(store, each.aggregateId, each.people);
      await take(each.aggregateId);
    }

    await keys.forget(`ada of ${aggregateId}`);

    for (const each of [connect(), { store, errors }]) {
      const { aggregate, snapshot } = await each.store.getExistingAggregate(aggregateId);
      expect(aggregate.names).toStrictEqual([null, 'Bob Dylan']);
      expect(snapshot).toBeUndefined();
      expect(each.errors).toMatchObject([{ code: 'SnapshotIgnoredError', reason: 'forgotten-subject', version: 2 }]);
      const kept = await each.store.getExistingAggregate(other.aggregateId);
      expect(kept).toMatchObject({ aggregate: { names: ['Ada Lovelace', 'Bob Dylan'] }, snapshot: { version: 2 } });
    }
    // The next one holds nothing of the forgotten subject, and takes its place.
    await take(aggregateId);
    const { aggregate, snapshot } = await connect().store.getExistingAggregate(aggregateId);
    expect([aggregate.names, snapshot?.version]).toStrictEqual([[null, 'Bob Dylan'], 2]);
    await keys.forget(`bob of ${aggregateId}`);
    await expect(namesOf(connect().store, aggregateId)).resolves.toStrictEqual([null, null]);
    await expect(connect().store.snapshots.deleteOf(aggregateId)).resolves.toBe(1);
  });

  it('are of the subjects of the snapshot before, too', async () => {
    const { aggregateId, people } = newPeople();
    const storage = new OpenStorage();
    const { store, keys } = connect({ storage });
    await push(store, aggregateId, people);
    await take(aggregateId, { storage });
    await store.pushEvent({
      aggregateId,
      version: 3,
      type: NAMED,
      payload: { by: `cy of ${aggregateId}`, name: 'Cy' },
    });
    await take(aggregateId, { storage });
    expect(storage.all.at(-1)?.subjects).toHaveLength(3);
    await keys.forget(`ada of ${aggregateId}`);
    await expect(namesOf(connect({ storage }).store, aggregateId)).resolves.toStrictEqual([null, 'Bob Dylan', 'Cy']);
  });

  it('are encrypted in the transaction of their events, too', async () => {
    const { aggregateId, people } = newPeople();
    const { store, errors, keys } = connect({ transactional: true, policy: ({ version }) => version === 2 });
    await push(store, aggregateId, people);
    const loaded = await store.getExistingAggregate(aggregateId);
    expect(loaded).toMatchObject({ aggregate: { names: ['Ada Lovelace', 'Bob Dylan'] }, snapshot: { version: 2 } });
    expect(errors).toStrictEqual([]);
    await keys.forget(`bob of ${aggregateId}`);
    await expect(namesOf(store, aggregateId)).resolves.toStrictEqual(['Ada Lovelace', null]);
  });

  it('are not used in memory either, once a subject is forgotten', async () => {
    const { aggregateId, people } = newPeople();
    const { store, errors, keys } = connect({ storage: undefined, cache: { maxBytes: 1_000_000 } } as never);
    await push(store, aggregateId, { ...people, [`cy of ${aggregateId}`]: 'Cy' });
    await namesOf(store, aggregateId);
    requests.splice(0);
    await expect(namesOf(store, aggregateId)).resolves.toStrictEqual(['Ada Lovelace', 'Bob Dylan', 'Cy']);
    expect(operations(requests)).toStrictEqual(['Query']);

    await keys.forget(`ada of ${aggregateId}`);

    await expect(namesOf(store, aggregateId)).resolves.toStrictEqual([null, 'Bob Dylan', 'Cy']);
    expect(errors).toMatchObject([{ reason: 'forgotten-subject' }]);
  });

  it('are not taken of events that do not say whose they are', async () => {
    const { aggregateId, people } = newPeople();
    const inner = newStore(open(OPTIONS));
    const { getEvents: getStored } = inner;
    const getEvents: Store['getEvents'] = async (...query) => {
      const { events } = await getStored(...query);
      return { events: events.map(event => ({ ...event })) };
    };
    const storage = new OpenStorage();
    const errors: SnapshotError[] = [];
    const onSnapshotError = (error: SnapshotError) => void errors.push(error);
    const store = withSnapshots<Store>(Object.assign(inner, { getEvents }), {
      storage,
      reducerVersion: '1',
      policy: ({ trigger }) => trigger === 'load',
      onSnapshotError,
    });
    await push(store, aggregateId, people);
    await store.getAggregate(aggregateId);
    await store.snapshots.settled();
    expect(storage.all).toStrictEqual([]);
    const error = errors.find(each => each.aggregateId === aggregateId);
    expect(error).toHaveProperty('code', 'SnapshotFailedError');
    expect(error?.cause).toMatchObject({ code: 'UnprotectedStateError', version: 1 });
  });

  it('are plain if their events are', async () => {
    const aggregateId = newAggregateId();
    await push(newStore(plain), aggregateId, { nobody: 'x' });
    const storage = new OpenStorage();
    await take(aggregateId, { storage });
    expect(storage.all.find(each => each.aggregateId === aggregateId)?.subjects).toBeUndefined();
  });

  it('are not opened in the place of another one', async () => {
    const { aggregateId, people } = newPeople();
    const other = newAggregateId();
    const storage = new OpenStorage();
    const { store, errors } = connect({ storage });
    await push(store, aggregateId, people);
    await push(store, other, people);
    for (const id of [aggregateId, other]) await take(id, { storage });
    const moved = storage.all.find(each => each.aggregateId === aggregateId) as Snapshot;
    await storage.putSnapshot({ ...moved, aggregateId: other });
    await expect(namesOf(store, other)).resolves.toStrictEqual(['Ada Lovelace', 'Bob Dylan']);
    expect(errors).toMatchObject([{ code: 'SnapshotIgnoredError', reason: 'unreadable' }]);
  });
});
