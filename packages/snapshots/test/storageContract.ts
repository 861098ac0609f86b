import { randomBytes } from 'node:crypto';

import type { Snapshot, SnapshotStorage } from '../src/index.js';
import { newAggregateId } from './pokemons.js';

export const snapshotOf = (aggregateId: string, version: number, rest: Partial<Snapshot> = {}): Snapshot => ({
  eventStoreId: 'POKEMONS',
  aggregateId,
  reducerVersion: '1',
  version,
  takenAt: '2026-01-01T00:00:00.000Z',
  lastEvent: `event ${version}`,
  state: Uint8Array.of(10, 1, 2, version % 256),
  ...rest,
});

export const putAll = async (storage: SnapshotStorage, snapshots: Snapshot[]): Promise<void> => {
  for (const snapshot of snapshots) await storage.putSnapshot(snapshot);
};

/** The versions of which a storage has snapshots, newest first. */
export const versionsOf = async (storage: SnapshotStorage, aggregateId: string, rest: Partial<Snapshot> = {}) => {
  const versions: number[] = [];
  for (let maxVersion: number | undefined; ; maxVersion = (versions.at(-1) as number) - 1) {
    const found = await storage.getSnapshot(snapshotOf(aggregateId, 0, rest), maxVersion);
    if (found === undefined) return versions;
    versions.push(found.version);
  }
};

/** What every storage does. */
export const itKeepsSnapshots = (storage: SnapshotStorage): void => {
  const get = async (snapshot: Snapshot, maxVersion?: number): Promise<Snapshot | undefined> => {
    const found = await storage.getSnapshot(snapshot, maxVersion);
    return found && { ...found, state: Uint8Array.from(found.state) };
  };

  it('gives back the newest, at or before a version', async () => {
    const id = newAggregateId();
    await putAll(
      storage,
      [1, 9, 10, Number.MAX_SAFE_INTEGER].map(version => snapshotOf(id, version)),
    );
    const any = snapshotOf(id, 0);
    await expect(get(any)).resolves.toStrictEqual(snapshotOf(id, Number.MAX_SAFE_INTEGER));
    await expect(get(any, 2 ** 53 - 2)).resolves.toStrictEqual(snapshotOf(id, 10));
    await expect(get(any, 10)).resolves.toStrictEqual(snapshotOf(id, 10));
    await expect(get(any, 8)).resolves.toStrictEqual(snapshotOf(id, 1));
    await expect(get(any, 1)).resolves.toStrictEqual(snapshotOf(id, 1));
    await putAll(storage, [snapshotOf(`${id}-2`, 5)]);
    await expect(get(snapshotOf(`${id}-2`, 0), 4)).resolves.toBeUndefined();
    await expect(get(snapshotOf(newAggregateId(), 0))).resolves.toBeUndefined();
  });

  it('never lets an older one take the place of a newer one, and replaces one of the same version', async () => {
    const id = newAggregateId();
    const again = snapshotOf(id, 8, { state: Uint8Array.of(9) });
    await putAll(storage, [snapshotOf(id, 8), snapshotOf(id, 7), again]);
    await expect(get(again)).resolves.toStrictEqual(again);
    await expect(get(again, 8)).resolves.toStrictEqual(again);
    await expect(get(again, 7)).resolves.toStrictEqual(snapshotOf(id, 7));
  });

  it.each<[string, Partial<Snapshot>, Partial<Snapshot>]>([
    ['reducer versions', { reducerVersion: '1' }, { reducerVersion: '2' }],
    ['event stores', { eventStoreId: 'A' }, { eventStoreId: 'B' }],
    [
      'event stores with # in their ids',
      { eventStoreId: 'A#B', aggregateId: 'C' },
      { eventStoreId: 'A', aggregateId: 'B#C' },
    ],
    [
      'event stores with / in their ids',
      { eventStoreId: 'A/B', aggregateId: 'C' },
      { eventStoreId: 'A', aggregateId: 'B/C' },
    ],
    ['event stores with % in their ids', { eventStoreId: 'A%23B' }, { eventStoreId: 'A#B' }],
    ['aggregates that begin alike', { aggregateId: 'a' }, { aggregateId: 'a#' }],
    ['aggregates named like folders', { aggregateId: '..' }, { aggregateId: '.' }],
    ['aggregates of any characters', { aggregateId: '💩\u0000' }, { aggregateId: '💩' }],
    ['reducer versions of any characters', { reducerVersion: '#💩' }, { reducerVersion: '#' }],
    ['very long ids', { aggregateId: `${'x'.repeat(2040)}1` }, { aggregateId: `${'x'.repeat(2040)}2` }],
    ['very long ids in many bytes', { aggregateId: `${'ピ'.repeat(680)}1` }, { aggregateId: `${'ピ'.repeat(680)}2` }],
    ['very long event stores', { eventStoreId: `${'x'.repeat(999)}1` }, { eventStoreId: `${'x'.repeat(999)}2` }],
    [
      'very long reducer versions',
      { reducerVersion: `${'x'.repeat(5_000)}1` },
      { reducerVersion: `${'x'.repeat(5_000)}2` },
    ],
    ['reducer versions with paths in them', { reducerVersion: '../1' }, { reducerVersion: 'a/../1' }],
  ])('keeps %s apart', async (_, one, other) => {
    const id = newAggregateId();
    const [first, second] = [snapshotOf(id, 2, one), snapshotOf(id, 1, other)];
    await putAll(storage, [first, second]);
    await expect(get(first)).resolves.toStrictEqual(first);
    await expect(get(second)).resolves.toStrictEqual(second);

    await expect(storage.deleteSnapshots(first, { exceptReducerVersion: second.reducerVersion })).resolves.toBe(
      first.reducerVersion === second.reducerVersion ? 0 : 1,
    );
    await expect(get(second)).resolves.toStrictEqual(second);
  });

  it('keeps any bytes', async () => {
    const snapshot = snapshotOf(newAggregateId(), 1, { state: new Uint8Array(randomBytes(5_000)) });
    await storage.putSnapshot(snapshot);
    await expect(get(snapshot)).resolves.toStrictEqual(snapshot);
  });

  it('deletes what is selected, however much that is', async () => {
    const id = newAggregateId();
    const other = { reducerVersion: '2' };
    const state = new Uint8Array(randomBytes(60_000));
    const versions = Array.from({ length: 30 }, (_, index) => index + 1);
    await putAll(
      storage,
      versions.map(version => snapshotOf(id, version, { state })),
    );
    await putAll(storage, [snapshotOf(id, 5, other), snapshotOf(id, 20, other)]);
    const aggregate = { eventStoreId: 'POKEMONS', aggregateId: id };

    await expect(storage.deleteSnapshots(aggregate, { minVersion: 6 })).resolves.toBe(26);
    for (const maxVersion of [undefined, 30]) {
      expect((await get(snapshotOf(id, 0), maxVersion))?.version ?? 0).toBeLessThanOrEqual(5);
      expect((await get(snapshotOf(id, 0, other), maxVersion))?.version ?? 0).toBeLessThanOrEqual(5);
    }
    await expect(storage.deleteSnapshots(aggregate, { exceptReducerVersion: '1' })).resolves.toBe(1);
    await expect(storage.deleteSnapshots(aggregate)).resolves.toBe(5);
    await expect(storage.deleteSnapshots(aggregate)).resolves.toBe(0);
  });
};
