import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { EVENT_STORE_ID, type EventSize, eventOf } from './events.js';
import { pushIdOf, toItem } from './items.js';

/** Items of a page, in bytes of JSON: what 1 MB of DynamoDB's own counting comes to. */
const MAX_PAGE_SIZE = 1.35 * 1024 * 1024;

const itemJson = (aggregateId: string, version: number, size: EventSize): string => {
  const item = { ...toItem(eventOf(aggregateId, version, size)), pushId: pushIdOf(version) };
  return JSON.stringify(item, (_, value: unknown) =>
    (value as { type?: string } | null)?.type === 'Buffer'
      ? Buffer.from((value as { data: number[] }).data).toString('base64')
      : value,
  );
};

const responseJson = (aggregateId: string, items: string[], lastVersion: number | undefined): string => {
  const key = { aggregateId: { S: `${EVENT_STORE_ID}#${aggregateId}` }, version: { N: String(lastVersion) } };
  const lastKey = lastVersion === undefined ? '' : `,"LastEvaluatedKey":${JSON.stringify(key)}`;
  return `{"Count":${items.length},"Items":[${items.join()}]${lastKey},"ScannedCount":${items.length}}`;
};

/** Writes DynamoDB's responses to a Query of all events of an aggregate, each into a file named by the version before. */
export const writeResponses = (folder: string, aggregateId: string, events: number, size: EventSize): void => {
  let items: string[] = [];
  let bytes = 0;
  let before = 0;
  const write = (lastVersion: number | undefined): void => {
    writeFileSync(join(folder, String(before)), responseJson(aggregateId, items, lastVersion));
    before = lastVersion ?? 0;
    items = [];
    bytes = 0;
  };
  for (let version = 1; version <= events; version++) {
    const json = itemJson(aggregateId, version, size);
    if (bytes + json.length > MAX_PAGE_SIZE) write(version - 1);
    items.push(json);
    bytes += json.length;
  }
  write(undefined);
};

/** The responses, by the version before their first event. */
export const readResponses = (folder: string): Map<number, Buffer> =>
  new Map(readdirSync(folder).map(name => [Number(name), readFileSync(join(folder, name))]));
