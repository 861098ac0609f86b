import { createHash } from 'node:crypto';

import type { ListAggregateIdsOptions } from '@castore/core';
import { checkInteger, checkObject, checkString, MAX_SORT_KEY_SIZE } from '@castore-dynamodb/commons';

import { checkAggregateId } from '../checks.js';
import { InvalidPageTokenError } from '../errors.js';
import type { Layout } from '../layout.js';

export interface ListedAggregate {
  readonly aggregateId: string;
  readonly initialEventTimestamp: string;
}

/** The last aggregate that a page held: listing goes on after it. */
export interface ListPosition extends ListedAggregate {
  /** Under which of the event store's index keys it was found. */
  readonly keyIndex: number;
}

export type ListOptions = Omit<ListAggregateIdsOptions, 'pageToken'>;

interface PageTokenContent {
  readonly options: ListOptions;
  readonly position: ListPosition;
}

const CHECKSUM_LENGTH = 16;

/**
 * Recognises an unaltered token of this event store. It is no secret and need not be one: a token holds no key, only a
 * position, and it is always used with the key of the event store that was asked.
 */
const checksum = (layout: Layout, eventStoreId: string, content: string): string =>
  createHash('sha256')
    .update(JSON.stringify(['page token 1', layout.name, eventStoreId, content]))
    .digest('base64url')
    .slice(0, CHECKSUM_LENGTH);

export const formatPageToken = (layout: Layout, eventStoreId: string, content: PageTokenContent): string => {
  const encoded = Buffer.from(JSON.stringify(content)).toString('base64url');
  return checksum(layout, eventStoreId, encoded) + encoded;
};

/** @throws InvalidPageTokenError */
export const parsePageToken = (layout: Layout, eventStoreId: string, token: unknown): PageTokenContent => {
  if (typeof token !== 'string') throw new InvalidPageTokenError(`expected a string, got a ${typeof token}.`);
  const encoded = token.slice(CHECKSUM_LENGTH);
  if (token.slice(0, CHECKSUM_LENGTH) !== checksum(layout, eventStoreId, encoded)) {
    throw new InvalidPageTokenError(
      `it was altered, or is not from this adapter's listing of event store ${JSON.stringify(eventStoreId)}.`,
    );
  }
  try {
    return checkContent(layout, eventStoreId, JSON.parse(Buffer.from(encoded, 'base64url').toString()));
  } catch (cause) {
    throw new InvalidPageTokenError('this adapter has no such listing. Was `initialEventShards` lowered?', { cause });
  }
};

/** Whoever knows the checksum's recipe can still put anything into a token, so all that becomes a key is checked. */
const checkContent = (
  layout: Layout,
  eventStoreId: string,
  { options, position }: PageTokenContent,
): PageTokenContent => {
  checkObject(options, 'options');
  const { aggregateId, initialEventTimestamp, keyIndex } = position;
  checkAggregateId(layout, eventStoreId, aggregateId, 'aggregateId');
  // Its time has the form that the event has, whoever wrote that one.
  checkString(initialEventTimestamp, 'initialEventTimestamp');
  checkInteger(Buffer.byteLength(initialEventTimestamp), 'size of initialEventTimestamp', 1, MAX_SORT_KEY_SIZE);
  checkInteger(keyIndex, 'keyIndex', 0, layout.initialEventKey.ofEventStore(eventStoreId).length - 1);
  return { options, position };
};
