import { randomBytes } from 'node:crypto';

import { isNamed } from '@castore-dynamodb/commons';
import type { EventBatch, EventRun } from '@castore-dynamodb/streams';

import { expiringAt, type GatewayTable, type Item } from './gatewayTable.js';

/** Which events came: no payloads, which stay in the event store alone. */
export interface LogEntry {
  readonly number: number;
  readonly runs: readonly LoggedRun[];
}

/** Events of an aggregate: their types, from a version on. */
export interface LoggedRun {
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly types: readonly string[];
}

export interface LogHead {
  readonly logId: string;
  /** When the log began, in milliseconds. */
  readonly since: number;
  /** The last entry; 0 before the first. */
  readonly entry: number;
  /** The last entry that everybody has who was to get it. */
  readonly delivered: number;
}

/** As long as DynamoDB keeps a stream. */
const RETENTION_MS = 24 * 60 * 60 * 1_000;

const numberKey = (entry: number): string => String(entry).padStart(16, '0');

/**
 * The events that came, in one order for everybody, without gaps: an entry is written in the transaction that marks its
 * events as handled, under the number after the last one. Who reads from a number on misses nothing.
 */
export class SharedLog {
  readonly #table: GatewayTable;
  readonly #name: string;
  #since: number | undefined;

  constructor(table: GatewayTable, name: string) {
    this.#table = table;
    this.#name = name;
  }

  /** How far the log goes. Begins it, if there is none. */
  async head(): Promise<LogHead> {
    const item = (await this.#table.get(this.#headKey)) ?? (await this.#begin());
    return {
      logId: item['logId']?.S as string,
      since: Number(item['since']?.N),
      entry: Number(item['entry']?.N),
      delivered: Number(item['delivered']?.N),
    };
  }

  /** When it began: read once. */
  async since(): Promise<number> {
    this.#since ??= (await this.head()).since;
    return this.#since;
  }

  /** Writes a batch as the next entry. Fails with the error of a transaction if somebody else was first. */
  async append({ runs, positions }: EventBatch): Promise<number> {
    const { entry } = await this.head();
    const number = entry + 1;
    const value = JSON.stringify(runs.map(toLogged));
    await this.#table.transact([
      {
        Update: {
          TableName: this.#table.name,
          Key: { pk: { S: this.#headKey.pk }, sk: { S: this.#headKey.sk } },
          UpdateExpression: 'SET #entry = :next',
          ConditionExpression: '#entry = :entry',
          ExpressionAttributeNames: { '#entry': 'entry' },
          ExpressionAttributeValues: { ':entry': { N: String(entry) }, ':next': { N: String(number) } },
        },
      },
      {
        Put: {
          TableName: this.#table.name,
          Item: {
            pk: { S: this.#logKey },
            sk: { S: numberKey(number) },
            value: { S: value },
            ...expiringAt(Date.now() + RETENTION_MS),
          },
        },
      },
      ...positions,
    ]);
    return number;
  }

  /** Entries, both inclusive, that are still there, page by page. */
  async *read(first: number, last: number): AsyncGenerator<LogEntry[], void, undefined> {
    if (first > last) return;
    for await (const items of this.#table.pages(this.#logKey, numberKey(first), numberKey(last))) {
      yield items.map(item => ({
        number: Number(item['sk']?.S),
        runs: JSON.parse(item['value']?.S as string) as LoggedRun[],
      }));
    }
  }

  async readAll(first: number, last: number): Promise<LogEntry[]> {
    const entries: LogEntry[] = [];
    for await (const page of this.read(first, last)) entries.push(...page);
    return entries;
  }

  /** Says that everybody has what came up to an entry. */
  async markDelivered(entry: number): Promise<void> {
    try {
      await this.#table.update(this.#headKey, {
        UpdateExpression: 'SET delivered = :entry',
        ConditionExpression: 'delivered < :entry',
        ExpressionAttributeValues: { ':entry': { N: String(entry) } },
      });
    } catch (error) {
      // Somebody else has delivered more.
      if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
    }
  }

  get #headKey() {
    return { pk: this.#name, sk: 'head' };
  }

  get #logKey(): string {
    return `${this.#name}#log`;
  }

  async #begin(): Promise<Item> {
    const item = {
      logId: { S: randomBytes(6).toString('base64url') },
      since: { N: String(Date.now()) },
      entry: { N: '0' },
      delivered: { N: '0' },
    };
    try {
      await this.#table.update(this.#headKey, {
        UpdateExpression: 'SET logId = :logId, since = :since, #entry = :entry, delivered = :delivered',
        ConditionExpression: 'attribute_not_exists(pk)',
        ExpressionAttributeNames: { '#entry': 'entry' },
        ExpressionAttributeValues: {
          ':logId': item.logId,
          ':since': item.since,
          ':entry': item.entry,
          ':delivered': item.delivered,
        },
      });
      return item;
    } catch (error) {
      if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
      return (await this.#table.get(this.#headKey)) as Item;
    }
  }
}

const toLogged = ({ eventStoreId, aggregateId, events }: EventRun): LoggedRun => ({
  eventStoreId,
  aggregateId,
  version: events[0].version,
  types: events.map(({ type }) => type),
});
