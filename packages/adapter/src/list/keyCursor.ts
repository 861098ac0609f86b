import { QueryCommand, type QueryCommandInput, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { addToMessage, isNamed, requestWhole } from '@castore-dynamodb/commons';
import {
  EVENT_TABLE_INITIAL_EVENT_INDEX_NAME,
  EVENT_TABLE_PK,
  EVENT_TABLE_TIMESTAMP_KEY,
} from '@castore-dynamodb/table';

import type { Item } from '../codec/eventItem.js';
import type { EventStorage } from '../eventStorage.js';
import { compareStrings, isBeyond, type KeySegment } from './keySegment.js';
import { type ListQuery, listQueryInput } from './listQuery.js';
import type { ListPosition } from './pageToken.js';

/** Reads one index key forward, a page at a time. */
export class KeyCursor {
  readonly #storage: EventStorage;
  readonly #tableName: string;
  readonly #query: ListQuery;
  #segment: KeySegment;
  #hasMore = true;
  #page: ListPosition[] = [];
  #next = 0;

  constructor(storage: EventStorage, tableName: string, query: ListQuery, segment: KeySegment) {
    this.#storage = storage;
    this.#tableName = tableName;
    this.#query = query;
    this.#segment = segment;
  }

  /** The next aggregate, as far as it is known: nothing if the key is exhausted, or a further page must tell. */
  get head(): ListPosition | undefined {
    return this.#page[this.#next];
  }

  get needsPage(): boolean {
    return this.head === undefined && this.#hasMore;
  }

  take(): ListPosition {
    const { head } = this;
    if (head === undefined) throw new RangeError('There is no aggregate to take.');
    this.#next += 1;
    return head;
  }

  /** The next page that has an aggregate: DynamoDB may answer with an empty one and yet have more. */
  async fetchPage(limit: number | undefined): Promise<void> {
    do {
      await this.#fetchAnyPage(limit);
    } while (this.needsPage);
  }

  async #fetchAnyPage(limit: number | undefined): Promise<void> {
    const input = listQueryInput(this.#storage, this.#tableName, this.#query, this.#segment, limit);
    const { Items: items = [], LastEvaluatedKey: lastKey } = await this.#send(input);
    const positions = items.map(key => this.#toPosition(key));
    const end = positions.findIndex(({ initialEventTimestamp }) =>
      isBeyond(this.#segment, initialEventTimestamp, this.#query.options.reverse ?? false),
    );
    this.#page = end === -1 ? positions : positions.slice(0, end);
    this.#next = 0;
    this.#hasMore = lastKey !== undefined && end === -1;
    if (lastKey !== undefined) this.#segment = { ...this.#segment, after: this.#toPosition(lastKey) };
  }

  async #send(input: QueryCommandInput): Promise<QueryCommandOutput> {
    const { layout, dynamoDbClient } = this.#storage;
    try {
      return await requestWhole({ operation: 'Query', tableName: this.#tableName, requires: 'Items' }, () =>
        dynamoDbClient.send(new QueryCommand(input)),
      );
    } catch (error) {
      explainRefusedListing(error, layout.name);
      throw error;
    }
  }

  #toPosition(key: Item): ListPosition {
    return {
      aggregateId: this.#storage.layout.aggregateId(this.#query.eventStoreId, key[EVENT_TABLE_PK]?.S ?? ''),
      initialEventTimestamp: key[EVENT_TABLE_TIMESTAMP_KEY]?.S ?? '',
      keyIndex: this.#segment.keyIndex,
    };
  }
}

/** DynamoDB refuses a listing as such if the index is missing, or has the key of another layout. */
const explainRefusedListing = (error: unknown, layout: string): void => {
  if (!isNamed(error, 'ValidationException')) return;
  addToMessage(
    error,
    '',
    ` Its index ${EVENT_TABLE_INITIAL_EVENT_INDEX_NAME} is missing, or it is no table of layout ${layout}: checkEventTable tells.`,
  );
};

/** The cursor whose head comes first: by time, and within one instant by the order of the keys. */
export const firstOf = (cursors: readonly KeyCursor[], reverse = false): KeyCursor | undefined => {
  let first: KeyCursor | undefined;
  for (const cursor of cursors) {
    if (cursor.head === undefined) continue;
    const comparison =
      first?.head === undefined
        ? -1
        : compareStrings(cursor.head.initialEventTimestamp, first.head.initialEventTimestamp) * (reverse ? -1 : 1);
    if (comparison < 0) first = cursor;
  }
  return first;
};
