import { InvalidArgumentError } from '@castore-dynamodb/commons';

/** The key of an item, as DynamoDB has it: a string and a number. */
export type ItemKey = readonly [partitionKey: string, sortKey: string];

/** How far a segment of a table has been read: to the item with this key. */
export type SegmentPosition = ItemKey | 'start' | 'end';

/** Which table is scanned, and for whose aggregates. */
export interface ScannedTable {
  readonly eventStoreId: string;
  readonly tableName: string;
}

/** No listing of Castore's adapters or ours has such tokens: they are base64, or JSON. */
const PREFIX = 'scan:';

export const isScanToken = (token: unknown): boolean => typeof token === 'string' && token.startsWith(PREFIX);

export const formatScanToken = (
  { eventStoreId, tableName }: ScannedTable,
  segments: readonly SegmentPosition[],
): string => PREFIX + Buffer.from(JSON.stringify([eventStoreId, tableName, segments])).toString('base64url');

/** @throws InvalidArgumentError for what is no such token, or one of another event store or table. */
export const parseScanToken = ({ eventStoreId, tableName }: ScannedTable, token: unknown): SegmentPosition[] => {
  const refuseToken = (explanation: string): never => {
    throw new InvalidArgumentError('options.pageToken', explanation);
  };
  const content = isScanToken(token) ? parse((token as string).slice(PREFIX.length)) : undefined;
  if (content === undefined) {
    return refuseToken('it is not of a build with `scan: true`. Give the `pageToken` of its last progress, unaltered.');
  }
  const [ofEventStore, ofTable, segments] = content;
  if (ofEventStore !== eventStoreId) {
    refuseToken(`it is of event store ${JSON.stringify(ofEventStore)}, not of ${JSON.stringify(eventStoreId)}.`);
  }
  if (ofTable !== tableName) {
    refuseToken(`it is of table ${JSON.stringify(ofTable)}, not of ${JSON.stringify(tableName)}.`);
  }
  return segments;
};

type Content = [eventStoreId: string, tableName: string, segments: SegmentPosition[]];

const parse = (encoded: string): Content | undefined => {
  try {
    const content: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString());
    return isContent(content) ? content : undefined;
  } catch {
    return undefined;
  }
};

const isContent = (content: unknown): content is Content => {
  if (!Array.isArray(content)) return false;
  const [eventStoreId, tableName, segments] = content as unknown[];
  if (typeof eventStoreId !== 'string' || typeof tableName !== 'string' || !Array.isArray(segments)) return false;
  return segments.length > 0 && segments.every(isPosition);
};

const isPosition = (position: unknown): boolean => {
  if (position === 'start' || position === 'end') return true;
  if (!Array.isArray(position) || position.length !== 2) return false;
  const [partitionKey, sortKey] = position as unknown[];
  if (typeof partitionKey !== 'string' || partitionKey === '') return false;
  return typeof sortKey === 'string' && sortKey !== '' && Number.isFinite(Number(sortKey));
};
