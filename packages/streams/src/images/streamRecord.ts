import type { EventDetail, EventStore } from '@castore/core';
import {
  decodeEventItem,
  eventTableOf,
  InvalidArgumentError,
  parseEventItem,
  type StoredItem,
} from '@castore-dynamodb/adapter';
import { isObject } from '@castore-dynamodb/commons';

import { StreamNotReadableError } from '../errors.js';

/**
 * A record of a DynamoDB stream, as Lambda hands it to a function or as the AWS SDK reads it. Described by its shape, so
 * that neither `@types/aws-lambda` nor the streams client has to be installed.
 */
export interface StreamRecord {
  /** The stream's ARN, which holds the table's name. Lambda provides it; the SDK does not. */
  readonly eventSourceARN?: string | undefined;
  /** What happened to the item: `INSERT`, `MODIFY`, `REMOVE`. */
  readonly eventName?: string | undefined;
  readonly dynamodb?:
    | {
        /** The item after the change; there is none if the item was removed. */
        readonly NewImage?: StoredItem | undefined;
        readonly SequenceNumber?: string | undefined;
        /** Which images the stream has: `NEW_IMAGE`. */
        readonly StreamViewType?: string | undefined;
      }
    | undefined;
}

/**
 * A table's name from its name, its ARN (`…:table/<name>`) or the ARN of its stream (`…:table/<name>/stream/<label>`).
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html (resource types)
 */
export const tableNameOf = (nameOrArn: string): string =>
  nameOrArn.startsWith('arn:') ? (nameOrArn.split('/')[1] ?? nameOrArn) : nameOrArn;

/**
 * The new image in a record; undefined if there is none.
 *
 * @throws StreamNotReadableError if the item is new or changed: the stream holds keys or old images only.
 */
export const newImageOf = (record: StreamRecord): StoredItem | undefined => {
  const { eventName, dynamodb } = record;
  if (isObject(dynamodb?.NewImage)) return dynamodb.NewImage;
  const isThere = eventName === 'INSERT' || eventName === 'MODIFY';
  if (isThere || (eventName !== 'REMOVE' && dynamodb?.StreamViewType !== undefined)) throw withoutNewImages(record);
  return undefined;
};

export const withoutNewImages = ({ eventSourceARN = 'unknown', dynamodb }: StreamRecord): StreamNotReadableError =>
  new StreamNotReadableError(tableNameOf(eventSourceARN), dynamodb?.StreamViewType ?? 'unknown type');

/**
 * The event in an image; undefined if it is none of this event store.
 *
 * @param table the name or ARN of the table or stream that the image is from, if known. Of another table than the event
 *   store's, nothing is read.
 * @param isAlone whether the image can be of no other event store
 * @throws UnreadableEventError; AsynchronousTransformationError if a transformation has to wait for something.
 * @throws InvalidArgumentError if only the table could tell whose event it is.
 */
export const readImage = (
  eventStore: EventStore,
  image: StoredItem,
  table: string | undefined,
  isAlone: boolean,
): EventDetail | undefined => {
  const layout = layoutIn(eventStore, table, isAlone);
  return layout && parseEventItem(layout, eventStore.eventStoreId, image, eventStore.eventStorageAdapter);
};

/** As `readImage`, and waits for what the transformations of the event store's adapter wait for. */
export const decodeImage = (
  eventStore: EventStore,
  image: StoredItem,
  table: string | undefined,
  isAlone: boolean,
): EventDetail | undefined | Promise<EventDetail> => {
  const layout = layoutIn(eventStore, table, isAlone);
  return layout && decodeEventItem(layout, eventStore.eventStoreId, image, eventStore.eventStorageAdapter);
};

/**
 * How the event store lies in the table; undefined if it lies in another one. One that is not connected to an adapter of
 * ours is looked for in a single table, the layout that Castore's own ImageParser reads.
 */
const layoutIn = (eventStore: EventStore, table: string | undefined, isAlone: boolean) => {
  const own = eventTableOf(eventStore.eventStorageAdapter);
  if (own === undefined) return 'single-table';
  if (table !== undefined) return tableNameOf(own.tableName) === tableNameOf(table) ? own.layout : undefined;
  if (own.layout === 'table-per-store' && !isAlone) {
    throw new InvalidArgumentError(
      'table',
      `event store ${JSON.stringify(eventStore.eventStoreId)} has a table of its own, whose images do not say which event store they are of: pass the name of the table, or the ARN of its stream.`,
    );
  }
  return own.layout;
};
