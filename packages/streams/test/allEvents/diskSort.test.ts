import { deepStrictEqual } from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import { DiskSort, LIMITS } from '../../src/allEvents/diskSort.js';

const INDEX_SIZE = 2;

describe('Sorting on disk', () => {
  const directory = mkdtempSync(join(tmpdir(), 'disk-sort-'));
  const limits = { ...LIMITS };
  afterEach(() => {
    expect(readdirSync(directory)).toStrictEqual([]);
    Object.assign(LIMITS, limits);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const newSort = () => new DiskSort<number>(directory, (left, right) => left - right);
  /** Which one it is, in the first bytes, and some more. */
  const valueOf = (index: number, size: number): Buffer => {
    const value = Buffer.alloc(INDEX_SIZE + size, index);
    value.writeUInt16LE(index);
    return value;
  };

  it('gives back what was added, sorted, whatever its size and number', async () => {
    const elements = fc.array(fc.record({ key: fc.integer(), size: fc.oneof(fc.nat(20), fc.nat(200_000)) }), {
      maxLength: 60,
      size: 'max',
    });
    const property = fc.asyncProperty(
      elements,
      fc.integer({ min: 1, max: 500_000 }),
      fc.integer({ min: 2, max: 5 }),
      async (added, runBytes, runs) => {
        Object.assign(LIMITS, { runBytes, runs });
        const sort = newSort();
        await Promise.all(added.map(async ({ key, size }, index) => sort.add(key, valueOf(index, size))));
        const sorted: { key: number; size: number }[] = [];
        for await (const { key, bytes } of sort.sorted()) {
          const index = bytes.readUInt16LE();
          deepStrictEqual(key, added[index]?.key);
          deepStrictEqual(Buffer.from(bytes), valueOf(index, added[index]?.size ?? -1));
          sorted.push({ key, size: bytes.length });
        }
        await sort.close();
        deepStrictEqual(sorted.length, added.length);
        deepStrictEqual(
          sorted.map(({ key }) => key),
          added.map(({ key }) => key).toSorted((left, right) => left - right),
        );
      },
    );
    await checkProperty(property, { quick: 30, soak: 2_000 });
  });

  it('needs no file for what fits into memory, and leaves none with a name while it is used', async () => {
    Object.assign(LIMITS, { runBytes: 2_000, runs: 3 });
    const sort = newSort();
    for (let index = 0; index < 100; index++) await sort.add(-index, valueOf(index % 256, 10));
    expect(readdirSync(directory)).toStrictEqual([]);
    const sorted = sort.sorted();
    expect((await sorted.next()).value).toEqual({ key: -99, bytes: valueOf(99, 10) });
    await sorted.return();
    await sort.close();

    const small = new DiskSort<number>(join(directory, 'missing'), (left, right) => left - right);
    await small.add(1, valueOf(1, 1));
    expect((await small.sorted().next()).value).toEqual({ key: 1, bytes: valueOf(1, 1) });
    await small.close();
  });

  it('fails if there is no such directory, and can be closed', async () => {
    Object.assign(LIMITS, { runBytes: 1, runs: 3 });
    const sort = new DiskSort<number>(join(directory, 'missing'), (left, right) => left - right);
    await expect(sort.add(1, valueOf(1, 1))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(sort.add(2, valueOf(2, 1))).rejects.toMatchObject({ code: 'ENOENT' });
    await sort.close();
  });
});
