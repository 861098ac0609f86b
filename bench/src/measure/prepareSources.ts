import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';
import { createEventTable } from '@castore-dynamodb/adapter';

import { type EventSize, eventOf } from '../data/events.js';
import { toItem } from '../data/items.js';
import { writeResponses } from '../data/responses.js';
import { aggregateIdOf, type Sources, STORED_AGGREGATES } from './comparisons.js';

const TABLE_NAME = 'bench';
const ITEMS_A_REQUEST = 25;
const CONCURRENT_REQUESTS = 8;

/**
 * Prepared responses go into `folder`, each once; the engine's table is made and filled by `fillTable`.
 *
 * @param endpoints of what answers with prepared responses over HTTP, and of the engine, if there is one
 */
export const createSources = (folder: string, endpoints: { http: string; engine: string }): Sources => {
  const prepare = (events: number, size: EventSize): string => {
    const aggregateId = aggregateIdOf(events, size);
    const responses = join(folder, aggregateId);
    if (!existsSync(responses)) {
      mkdirSync(responses);
      writeResponses(responses, aggregateId, events, size);
    }
    return aggregateId;
  };
  return {
    stub: (events, size, latencyMs = 0) => ({
      kind: 'stub',
      responses: join(folder, prepare(events, size)),
      latencyMs,
    }),
    http: (events, size) => ({ kind: 'http', endpoint: endpoints.http, tableName: prepare(events, size) }),
    engine: () => ({ kind: 'engine', endpoint: endpoints.engine, tableName: TABLE_NAME }),
  };
};

/** Stores every aggregate that is read from the engine. */
export const fillTable = async (client: DynamoDBClient): Promise<void> => {
  await createEventTable(client, { tableName: TABLE_NAME, layout: 'single-table' });
  for (const [events, size] of STORED_AGGREGATES) {
    await store(client, TABLE_NAME, eventsOf([aggregateIdOf(events, size)], events, size));
  }
};

export function* eventsOf(aggregateIds: readonly string[], length: number, size: EventSize): Generator<EventDetail> {
  for (const aggregateId of aggregateIds) {
    for (let version = 1; version <= length; version++) yield eventOf(aggregateId, version, size);
  }
}

/** Stores events in an engine's table. */
export const store = async (
  client: DynamoDBClient,
  tableName: string,
  events: Generator<EventDetail>,
): Promise<void> => {
  const write = async (): Promise<void> => {
    for (;;) {
      const requests = [];
      while (requests.length < ITEMS_A_REQUEST) {
        const { value: event } = events.next() as IteratorResult<EventDetail, undefined>;
        if (event === undefined) break;
        requests.push({ PutRequest: { Item: toItem(event) } });
      }
      if (requests.length === 0) return;
      await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_REQUESTS }, write));
};
