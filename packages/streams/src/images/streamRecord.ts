import type { StoredItem } from '@castore-dynamodb/adapter';
import { isObject } from '@castore-dynamodb/commons';

import { StreamNotReadableError } from '../errors.js';

/**
 * A record of a DynamoDB stream, as Lambda hands it to a function or as the AWS SDK reads it. Described by its shape, so
 * that neither `@types/aws-lambda` nor the streams client has to be installed.
 */
export interface StreamRecord {
  /** The stream's ARN, which holds the table's name. Lambda tells it; the SDK does not. */
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
 * @throws StreamNotReadableError if the item is new or changed, and the stream holds keys or old images only.
 */
export const newImageOf = (record: StreamRecord): StoredItem | undefined => {
  const { eventName, dynamodb } = record;
  if (isObject(dynamodb?.NewImage)) return dynamodb.NewImage;
  if (eventName === 'REMOVE' || dynamodb?.StreamViewType === undefined) return undefined;
  throw withoutNewImages(record);
};

export const withoutNewImages = ({ eventSourceARN = 'unknown', dynamodb }: StreamRecord): StreamNotReadableError =>
  new StreamNotReadableError(tableNameOf(eventSourceARN), dynamodb?.StreamViewType ?? 'unknown type');
