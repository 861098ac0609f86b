import type { AttributeValue, DynamoDBClient, ScanCommandInput } from '@aws-sdk/client-dynamodb';
import {
  checkBoolean,
  checkClient,
  checkInteger,
  checkObject,
  checkOptions,
  checkSignal,
  checkString,
  type OptionNames,
  request,
} from '@castore-dynamodb/commons';
import { EVENT_TABLE_PK, EVENT_TABLE_SK } from '@castore-dynamodb/table';

import type { Item } from '../codec/eventItem.js';
import { parseItems } from '../codec/itemJson.js';
import { isWriteUnderWay } from '../push/pushEvent.js';
import { isRefused, refusedItem } from '../push/refusals.js';
import { repeatWrite } from '../push/repeatWrite.js';
import { sendPut } from '../push/writeCommands.js';
import { itemsPageOf, placeItemsKeeper } from '../read/eventsQueryCommand.js';
import { ScanCommand } from '../sdkCommands.js';
import { asRead } from './asRead.js';

/*
 * Whole items, exactly as they are stored, for whoever moves them from table to table. Both ways go around what some versions
 * of the SDK do to members named `__proto__`.
 */

/**
 * An item as it is stored, whatever it holds.
 *
 * @example
 * const keyOf = ({ aggregateId, version }: TableItem): string => `${aggregateId?.S} ${version?.N}`;
 */
export type TableItem = Readonly<Record<string, AttributeValue>>;

/** How long DynamoDB may take to answer, over all of the SDK's attempts. */
const DEADLINE_MS = 30_000;
/** What a timer of Node takes; a longer one would end at once. */
const MAX_DEADLINE_MS = 2 ** 31 - 1;

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html */
const MAX_SEGMENTS = 1_000_000;

class ItemsScanCommand extends ScanCommand {
  override resolveMiddleware(...args: Parameters<ScanCommand['resolveMiddleware']>) {
    try {
      placeItemsKeeper(this, args[1]);
      return super.resolveMiddleware(...args);
    } catch {
      return new ScanCommand(this.input).resolveMiddleware(...args);
    }
  }
}

const KEYS = [EVENT_TABLE_PK, EVENT_TABLE_SK];

export interface ScanTableOptions {
  readonly tableName: string;
  /** Which part of the table, from 0. */
  readonly segment: number;
  readonly segments: number;
  /** The first key of the page: `nextKey` of the page before. */
  readonly startKey?: TableItem | undefined;
  /** Items at most. @default as many as DynamoDB gives, which is 1 MB of them */
  readonly limit?: number | undefined;
  /** `false` halves the price; what was written in the last moments may then be missed. @default true */
  readonly consistentRead?: boolean | undefined;
  /** Whether only the keys of the items come: less to send, for the same price. @default false */
  readonly keysOnly?: boolean | undefined;
  /** Ends the wait for the answer, with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** How long DynamoDB may take to answer, in milliseconds, over all of the SDK's attempts. @default 30,000 */
  readonly deadlineMs?: number | undefined;
}

/** Of events, more than the keys is needed. */
export interface ScanEventsOptions extends Omit<ScanTableOptions, 'keysOnly'> {
  /** `false` leaves out `json`: less to send, for the same price. @default true */
  readonly content?: boolean | undefined;
}

const COMMON_OPTIONS = {
  tableName: true,
  segment: true,
  segments: true,
  startKey: true,
  limit: true,
  consistentRead: true,
  signal: true,
  deadlineMs: true,
} as const;

export const SCAN_EVENTS_OPTIONS = { ...COMMON_OPTIONS, content: true } satisfies OptionNames<ScanEventsOptions>;

const SCAN_OPTIONS = { ...COMMON_OPTIONS, keysOnly: true } satisfies OptionNames<ScanTableOptions>;

export interface ScannedItems {
  readonly items: readonly TableItem[];
  readonly readUnits: number;
  /** Undefined after the last page. */
  readonly nextKey: TableItem | undefined;
}

/** A page whose items are the bytes that came over the wire, if nobody has read them. */
export interface ScannedPage extends Omit<ScannedItems, 'items'> {
  readonly Items: Buffer | Item[];
  readonly Count: number;
}

/**
 * A page of a table's items: one Scan, a read unit for each 4 KB. The items of an aggregate are all in
 * one segment, one after the other, in version order.
 *
 * @throws InvalidArgumentError, DeadlineExceededError, IncompleteAnswerError, and what the SDK throws
 *
 * @example
 * const { items, nextKey, readUnits } = await scanTableItems(dynamoDbClient, {
 *   tableName: 'events',
 *   segment: 0,
 *   segments: 1,
 * });
 */
export const scanTableItems = async (
  dynamoDbClient: DynamoDBClient,
  options: ScanTableOptions,
): Promise<ScannedItems> => {
  checkOptions(options, 'options', SCAN_OPTIONS);
  const { keysOnly = false } = options;
  checkBoolean(keysOnly, 'options.keysOnly');
  const { Items, readUnits, nextKey } = await scanPage(dynamoDbClient, options, keysOnly ? KEYS : undefined);
  return { items: Array.isArray(Items) ? Items : parseItems(Items), readUnits, nextKey };
};

/** The one Scan of a table. @param attributes of the items; all of them if it is undefined */
export const scanPage = async (
  dynamoDbClient: DynamoDBClient,
  options: Omit<ScanTableOptions, 'keysOnly'>,
  attributes: readonly string[] | undefined,
): Promise<ScannedPage> => {
  checkClient(dynamoDbClient, 'dynamoDbClient');
  const {
    tableName,
    segment,
    segments,
    startKey,
    limit,
    consistentRead = true,
    signal,
    deadlineMs = DEADLINE_MS,
  } = options;
  checkString(tableName, 'options.tableName');
  checkInteger(segments, 'options.segments', 1, MAX_SEGMENTS);
  checkInteger(segment, 'options.segment', 0, segments - 1);
  if (startKey !== undefined) checkObject(startKey, 'options.startKey');
  if (limit !== undefined) checkInteger(limit, 'options.limit');
  checkBoolean(consistentRead, 'options.consistentRead');
  if (signal !== undefined) checkSignal(signal, 'options.signal');
  checkInteger(deadlineMs, 'options.deadlineMs', 1, MAX_DEADLINE_MS);
  const input: ScanCommandInput = {
    TableName: tableName,
    Segment: segment,
    TotalSegments: segments,
    ConsistentRead: consistentRead,
    ReturnConsumedCapacity: 'TOTAL',
    ...(attributes && projectionOn(attributes)),
    ...(startKey && { ExclusiveStartKey: startKey }),
    ...(limit !== undefined && { Limit: limit }),
  };
  return request({ operation: 'Scan', tableName, requires: 'Items', deadlineMs, signal }, async abortSignal => {
    const output = await dynamoDbClient.send(new ItemsScanCommand(input), { abortSignal });
    const { Items, Count } = itemsPageOf(output);
    const readUnits = output.ConsumedCapacity?.CapacityUnits ?? 0;
    return { Items: Items as Buffer | Item[], Count, readUnits, nextKey: output.LastEvaluatedKey };
  });
};

/** Any of their names may be a reserved word. */
const projectionOn = (attributes: readonly string[]) => ({
  ProjectionExpression: attributes.map((_, index) => `#${index}`).join(', '),
  ExpressionAttributeNames: Object.fromEntries(attributes.map((name, index) => [`#${index}`, name])),
});

export interface PutTableItemOptions {
  readonly tableName: string;
  readonly item: TableItem;
  /** The event that must still be there, as it was read. @default there must be none */
  readonly before?: TableItem | undefined;
}

const PUT_OPTIONS = { tableName: true, item: true, before: true } satisfies OptionNames<PutTableItemOptions>;

/** `found`: the item that is in its place, and stays there. Undefined if another write of it was under way all the time. */
export type ItemWrite =
  | { readonly outcome: 'written'; readonly writeUnits: number }
  | { readonly outcome: 'refused'; readonly found: TableItem | undefined };

/**
 * Writes an item, if there is none in its place, or, with `before`, if there still is the event that was read. Whoever gets
 * `refused` compares: the answer to this very write may have been lost, and the SDK has sent it again.
 *
 * Costs a write unit for each KB, also if it is refused.
 *
 * @throws InvalidArgumentError, DeadlineExceededError, IncompleteAnswerError, UnsupportedSdkError, and what the SDK throws
 *
 * @example
 * const write = await putTableItem(dynamoDbClient, { tableName: 'copy-of-events', item });
 * if (write.outcome === 'refused') console.log('There is another one:', write.found);
 */
export const putTableItem = async (
  dynamoDbClient: DynamoDBClient,
  options: PutTableItemOptions,
): Promise<ItemWrite> => {
  checkClient(dynamoDbClient, 'dynamoDbClient');
  checkOptions(options, 'options', PUT_OPTIONS);
  const { tableName, item, before } = options;
  checkString(tableName, 'options.tableName');
  checkObject(item, 'options.item');
  if (before !== undefined) checkObject(before, 'options.before');
  const condition =
    before === undefined
      ? { ConditionExpression: 'attribute_not_exists(#pk)', ExpressionAttributeNames: { '#pk': EVENT_TABLE_PK } }
      : asRead(before);
  const put = {
    TableName: tableName,
    Item: item as Item,
    ...condition,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    ReturnConsumedCapacity: 'TOTAL' as const,
  };
  let writeUnits = 0;
  const failed = await repeatWrite([tableName], isWriteUnderWay, async () => {
    // An answer to a write may be empty; DynamoDB says what it cost.
    const { ConsumedCapacity } = await request(
      { operation: 'PutItem', requires: 'ConsumedCapacity', tableName, deadlineMs: DEADLINE_MS },
      abortSignal => sendPut(dynamoDbClient, put, { abortSignal }),
    );
    writeUnits = ConsumedCapacity?.CapacityUnits ?? 0;
  });
  if (failed === undefined) return { outcome: 'written', writeUnits };
  const { error, isConflict } = failed;
  if (isConflict) return { outcome: 'refused', found: undefined };
  if (!isRefused(error)) throw error;
  return { outcome: 'refused', found: refusedItem(error) };
};
