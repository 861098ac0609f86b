import { createHash } from 'node:crypto';

import { EventStore, EventType } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';

import { everyNEvents, InMemorySnapshotStorage, withSnapshots } from '../src/index.js';
import { storageWith } from './inMemory.js';

interface Log {
  aggregateId: string;
  version: number;
  lines: string[];
}

/** 100 characters that cannot be compressed by much, the same ones for the same version. */
const line = (version: number): string =>
  createHash('sha512').update(String(version)).digest('base64').repeat(2).slice(0, 100);

/** The bytes of all snapshots that are written while so many events are pushed. */
const bytesFor = async (count: number, every: number): Promise<number> => {
  const logs = new EventStore({
    eventStoreId: 'LOGS',
    eventTypes: [new EventType<'WRITTEN'>({ type: 'WRITTEN' })],
    reducer: (log: Log | undefined, { aggregateId, version }): Log => ({
      aggregateId,
      version,
      lines: [...(log?.lines ?? []), line(version)],
    }),
    eventStorageAdapter: new InMemoryEventStorageAdapter(),
  });
  let bytes = 0;
  const storage = new InMemorySnapshotStorage();
  const counting = storageWith(storage, {
    putSnapshot: async snapshot => {
      bytes += snapshot.state.byteLength;
      await storage.putSnapshot(snapshot);
    },
  });
  const withThem = withSnapshots(logs, { storage: counting, reducerVersion: '1', policy: everyNEvents(every) });
  for (let version = 1; version <= count; version++) {
    await withThem.pushEvent({ aggregateId: 'log', version, type: 'WRITTEN' });
    if (version % every === 0) await withThem.snapshots.settled();
  }
  return bytes;
};

it('without retention, ten times the events of an aggregate that grows leave a hundred times the bytes', async () => {
  const [small, large] = [await bytesFor(100, 10), await bytesFor(1_000, 10)];
  expect(large / small).toBeGreaterThan(60);
  expect(large / small).toBeLessThan(120);
});
