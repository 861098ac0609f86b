import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createEventTable } from '@castore-dynamodb/adapter';

import { type EventSize, eventOf } from '../data/events.js';
import { toItem } from '../data/items.js';
import { writeResponses } from '../data/responses.js';
import type { Source } from '../worker/protocol.js';
import { aggregateIdOf, type Sources, STORED_AGGREGATES } from './comparisons.js';

const TABLE_NAME = 'bench';
const ITEMS_A_REQUEST = 25;
const CONCURRENT_REQUESTS = 8;

/** Prepared responses go into `folder`, each once; the engine's table is made and filled by `fillTable`. */
export const createSources = (folder: string, endpoint: string): Sources => {
  const written = new Set<string>();
  return {
    stub: (events, size, latencyMs = 0): Source => {
      const aggregateId = aggregateIdOf(events, size);
      const responses = join(folder, aggregateId);
      if (!written.has(responses)) {
        mkdirSync(responses);
        writeResponses(responses, aggregateId, events, size);
        written.add(responses);
      }
      return { kind: 'stub', responses, latencyMs };
    },
    engine: () => ({ kind: 'engine', endpoint, tableName: TABLE_NAME }),
  };
};

/** Stores every aggregate that is read from the engine. */
export const fillTable = async (client: DynamoDBClient): Promise<void> => {
  await createEventTable(client, { tableName: TABLE_NAME, layout: 'single-table' });
  for (const [events, size] of STORED_AGGREGATES) await storeAggregate(client, events, size);
};

const storeAggregate = async (client: DynamoDBClient, events: number, size: EventSize): Promise<void> => {
  const aggregateId = aggregateIdOf(events, size);
  let version = 1;
  const write = async (): Promise<void> => {
    while (version <= events) {
      const requests = [];
      for (; version <= events && requests.length < ITEMS_A_REQUEST; version++) {
        requests.push({ PutRequest: { Item: toItem(eventOf(aggregateId, version, size)) } });
      }
      await client.send(new BatchWriteItemCommand({ RequestItems: { [TABLE_NAME]: requests } }));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_REQUESTS }, write));
};
