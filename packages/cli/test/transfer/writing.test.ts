import { join } from 'node:path';

import { describeOnEveryLayout } from '@castore-dynamodb/testing/eventTables';

import { describeDeployedTable } from '../../src/connection/deployedTable.js';
import { Checkpoint } from '../../src/transfer/checkpoint.js';
import { EventWriter } from '../../src/transfer/eventWriter.js';
import { type StoredImport, stage, writeStaged } from '../../src/transfer/importEvents.js';
import type { StoredEvent } from '../../src/transfer/storedEvent.js';
import { itemsOf, useFolder } from './support.js';

describeOnEveryLayout(
  'the events that a transfer writes',
  ({ tableNames: { events: tableName }, dynamoDbClient }) => {
    const folder = useFolder();
    const { signal } = new AbortController();
    const event = (aggregateId: string, payload: object = { N: '1' }): StoredEvent => ({
      eventStoreId: 'POKEMONS',
      aggregateId,
      version: 1,
      attributes: { type: { S: 'A' }, timestamp: { S: '2026-01-01T00:00:00.000Z' }, payload } as never,
    });
    const openTarget = async () => ({
      dynamoDbClient,
      tableName,
      placement: { layout: 'single-table' } as const,
      description: await describeDeployedTable(dynamoDbClient, tableName),
    });

    it('are kept in the checkpoint of an import after every 250, or a few more', async () => {
      const target = await openTarget();
      const source = {
        name: 'a test',
        entries: async function* () {
          for (let aggregate = 0; aggregate < 900; aggregate++) yield event(`a${aggregate}`);
        },
      };
      const mapping = { eventStores: new Map<string, string>() };
      const { staging } = await stage(source, target, mapping, { signal, onProgress: () => undefined });
      const writer = new EventWriter(target, signal, { redacts: false });
      const checkpoint = new Checkpoint<StoredImport>(join(folder, 'import.json'), {});
      const kept: number[] = [];
      const write = checkpoint.write.bind(checkpoint);
      checkpoint.write = progress => {
        kept.push(writer.written);
        return write(progress);
      };
      await writeStaged(staging, writer, { checkpoint, onProgress: () => undefined });
      await staging.remove();
      // A part has three or four of 900.
      for (const [at, count] of kept.slice(0, 3).entries()) {
        expect(count - (kept[at - 1] ?? 0)).toBeGreaterThanOrEqual(250);
        expect(count - (kept[at - 1] ?? 0)).toBeLessThan(300);
      }
      expect(kept.at(-1)).toBe(900);
    });

    it('are named if DynamoDB refuses one', async () => {
      const before = await itemsOf(dynamoDbClient, tableName);
      const writer = new EventWriter(await openTarget(), signal, { redacts: false });
      const written = writer.write([event('refused', { N: '1'.repeat(60) })]);
      await expect(written).rejects.toMatchObject({
        code: 'UntransferableEventError',
        aggregateId: 'refused',
        version: 1,
        message: expect.stringContaining('DynamoDB refuses it. ValidationException'),
      });
      expect(writer.written).toBe(0);
      await expect(itemsOf(dynamoDbClient, tableName)).resolves.toEqual(before);
    });
  },
  { engines: 'one', layouts: ['single-table'] },
);
