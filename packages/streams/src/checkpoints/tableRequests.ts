import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import {
  backOffMs,
  DeadlineExceededError,
  inParts,
  MAX_BATCH_GET_KEYS,
  MAX_BATCH_WRITE_ITEMS,
  pause,
  request,
} from '@castore-dynamodb/commons';

import { BACK_OFF, TIMEOUTS } from '../timeouts.js';

export type Item = Record<string, AttributeValue>;

/**
 * The items of a table that have these keys, in any order; strongly consistent. Each key may be there once only.
 *
 * Costs a request for each 100 keys, and a read unit for each 4 KB of each item, one if there is no item.
 */
export const batchGet = async (client: DynamoDBClient, tableName: string, keys: readonly Item[]): Promise<Item[]> => {
  const items: Item[] = [];
  const options = {
    operation: 'BatchGetItem',
    tableName,
    requires: 'Responses',
    deadlineMs: TIMEOUTS.request,
  } as const;
  for (const part of inParts(keys, MAX_BATCH_GET_KEYS)) {
    // DynamoDB answers 16 MB at most, and less under load.
    await untilNothingIsLeft(options, part, async wanted => {
      const input = { RequestItems: { [tableName]: { Keys: [...wanted], ConsistentRead: true } } };
      const { Responses, left } = await request(options, async abortSignal => {
        const answer = await client.send(new BatchGetItemCommand(input), { abortSignal });
        const unprocessed = ofOneTable(answer.UnprocessedKeys)?.Keys ?? [];
        return {
          Responses: ofOneTable(answer.Responses) ?? (unprocessed.length > 0 ? [] : undefined),
          left: unprocessed,
        };
      });
      items.push(...(Responses as Item[]));
      return left;
    });
  }
  return items;
};

/** Deletes the items of a table that have these keys. Costs a write unit for each KB, a request for each 25 keys. */
export const batchDelete = async (
  client: DynamoDBClient,
  tableName: string,
  keys: readonly Item[],
  signal?: AbortSignal,
): Promise<void> => {
  const options = {
    operation: 'BatchWriteItem',
    tableName,
    requires: 'UnprocessedItems',
    deadlineMs: TIMEOUTS.request,
    signal,
  } as const;
  for (const part of inParts(keys, MAX_BATCH_WRITE_ITEMS)) {
    await untilNothingIsLeft(options, part, async wanted => {
      const RequestItems = { [tableName]: wanted.map(Key => ({ DeleteRequest: { Key } })) };
      const { UnprocessedItems } = await request(options, abortSignal =>
        client.send(new BatchWriteItemCommand({ RequestItems }), { abortSignal }),
      );
      return (ofOneTable(UnprocessedItems) ?? []).map(({ DeleteRequest }) => DeleteRequest?.Key as Item);
    });
  }
};

/** By whatever name DynamoDB calls the table that was asked for. */
const ofOneTable = <VALUE>(byTable: Record<string, VALUE> | undefined): VALUE | undefined =>
  Object.values(byTable ?? {})[0];

/** Sends again what was left out, for as long as that gets on. */
const untilNothingIsLeft = async (
  { operation, tableName, signal }: { operation: string; tableName: string; signal?: AbortSignal | undefined },
  keys: readonly Item[],
  send: (keys: readonly Item[]) => Promise<readonly Item[]>,
): Promise<void> => {
  let wanted = keys;
  let gotOnAt = performance.now();
  for (let failures = 0; wanted.length > 0; ) {
    signal?.throwIfAborted();
    const left = await send(wanted);
    if (left.length < wanted.length) gotOnAt = performance.now();
    wanted = left;
    if (wanted.length === 0) return;
    if (performance.now() - gotOnAt > TIMEOUTS.request) {
      throw new DeadlineExceededError(`${operation} on table ${JSON.stringify(tableName)}`, TIMEOUTS.request);
    }
    await pause(backOffMs(++failures, BACK_OFF), signal);
  }
};

interface PageOfItems {
  readonly Items?: Item[] | undefined;
  readonly Count?: number | undefined;
  readonly LastEvaluatedKey?: Item | undefined;
}

/** The items of a Query or Scan, page by page. */
export async function* pagesOfItems(
  options: { operation: 'Query' | 'Scan'; tableName: string; signal?: AbortSignal | undefined },
  send: (startKey: Item | undefined, signal: AbortSignal) => Promise<PageOfItems>,
): AsyncGenerator<Item[], void, undefined> {
  let startKey: Item | undefined;
  do {
    const page: PageOfItems = await request<PageOfItems>(
      { ...options, requires: 'Count', deadlineMs: TIMEOUTS.request },
      abortSignal => send(startKey, abortSignal),
    );
    yield page.Items ?? [];
    startKey = page.LastEvaluatedKey;
  } while (startKey !== undefined);
}
