import { createHash } from 'node:crypto';

import type { ListAggregateIdsOptions } from '@castore/core';

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

export interface PageTokenContent {
  readonly options: Omit<ListAggregateIdsOptions, 'pageToken'>;
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
      `it was altered, cut short, or handed out by something else than this adapter's listing of event store ${JSON.stringify(eventStoreId)}.`,
    );
  }
  const content = parseContent(encoded);
  if (content.position.keyIndex >= layout.initialEventKey.ofEventStore(eventStoreId).length) {
    throw new InvalidPageTokenError(
      'it was handed out by an adapter with more `initialEventShards` than this one has.',
    );
  }
  return content;
};

/** Whoever knows the checksum's recipe can still put anything into a token; what is used of it is checked. */
const parseContent = (encoded: string): PageTokenContent => {
  let content: Partial<PageTokenContent> | null;
  try {
    content = JSON.parse(Buffer.from(encoded, 'base64url').toString());
  } catch (cause) {
    throw new InvalidPageTokenError('it does not hold what a page token holds.', { cause });
  }
  const { options, position } = content ?? {};
  if (
    typeof options !== 'object' ||
    options === null ||
    typeof position?.aggregateId !== 'string' ||
    typeof position.initialEventTimestamp !== 'string' ||
    !Number.isSafeInteger(position.keyIndex) ||
    position.keyIndex < 0
  ) {
    throw new InvalidPageTokenError('it does not hold what a page token holds.');
  }
  return { options, position };
};
