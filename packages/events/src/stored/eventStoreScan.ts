import { createHash } from 'node:crypto';

import {
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  type StoredEvents,
  scanTableItems,
  type TableItem,
} from '@castore-dynamodb/adapter';
import { FIRST_SNAPSHOT_SORT_KEY, InvalidArgumentError, snapshotKeyPrefix } from '@castore-dynamodb/commons';

import type { Meter } from './meter.js';

/** The partition and sort key of an item. */
type Key = TableItem;

interface ScannedPage {
  /** What of a page is the event store's, each once. */
  readonly keys: { readonly aggregateIds: readonly string[]; readonly snapshotPartitions: readonly string[] };
  readonly nextKey: Key | undefined;
}

/**
 * A page of the table, of which nothing but keys is sent. Consistent: what was pushed just now is there.
 *
 * Snapshots of aggregates with ids of about 2,000 bytes are not found: a hash stands for whose they are.
 */
export const scanPage = async (
  stored: StoredEvents,
  eventStoreId: string,
  meter: Meter,
  startKey: Key | undefined,
): Promise<ScannedPage> => {
  const { tableName, dynamoDbClient } = stored.table;
  const page = await meter.read(async limit => {
    const whole = { tableName, segment: 0, segments: 1, keysOnly: true };
    const scanned = await scanTableItems(dynamoDbClient, { ...whole, startKey, limit });
    return { ...scanned, count: scanned.items.length };
  });
  const aggregateIds = new Set<string>();
  const snapshotPartitions = new Set<string>();
  for (const { [EVENT_TABLE_PK]: partitionKey, [EVENT_TABLE_SK]: sortKey } of page.items) {
    const [text, number] = [partitionKey?.S, Number(sortKey?.N)];
    if (text === undefined) continue;
    if (number >= Number(FIRST_SNAPSHOT_SORT_KEY)) {
      if (text.startsWith(snapshotKeyPrefix(eventStoreId))) snapshotPartitions.add(text);
      continue;
    }
    const aggregateId = stored.aggregateIdIn(text);
    if (aggregateId !== undefined && number >= 1 && Number.isInteger(number)) aggregateIds.add(aggregateId);
  }
  return {
    keys: { aggregateIds: [...aggregateIds], snapshotPartitions: [...snapshotPartitions] },
    nextKey: page.nextKey,
  };
};

const checksum = (encoded: string, eventStoreId: string): string =>
  createHash('sha256')
    .update(JSON.stringify(['deleteEventStore', eventStoreId, encoded]))
    .digest('base64url')
    .slice(0, 10);

export const formatScanToken = (key: Key, eventStoreId: string): string => {
  const place = [key[EVENT_TABLE_PK]?.S, key[EVENT_TABLE_SK]?.N];
  const encoded = Buffer.from(JSON.stringify(place)).toString('base64url');
  return checksum(encoded, eventStoreId) + encoded;
};

/** @throws InvalidArgumentError if it is none that a deletion of this event store handed out. */
export const parseScanToken = (token: unknown, eventStoreId: string): Key => {
  const encoded = typeof token === 'string' ? token.slice(10) : '';
  if (typeof token !== 'string' || checksum(encoded, eventStoreId) !== token.slice(0, 10)) {
    throw new InvalidArgumentError(
      'options.pageToken',
      `it is not from a deletion of event store ${JSON.stringify(eventStoreId)}. Pass it back as it came, or leave it out.`,
    );
  }
  const [partitionKey, sortKey] = JSON.parse(Buffer.from(encoded, 'base64url').toString()) as [string, string];
  return { [EVENT_TABLE_PK]: { S: partitionKey }, [EVENT_TABLE_SK]: { N: sortKey } };
};
