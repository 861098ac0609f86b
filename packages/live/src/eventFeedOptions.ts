import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { EventStore } from '@castore/core';
import {
  checkClient,
  checkFunction,
  checkInteger,
  checkList,
  checkOptions,
  checkString,
  isObject,
  type OptionNames,
  refuse,
} from '@castore-dynamodb/commons';

import type { Authorize } from './http/admission.js';

export interface EventFeedOptions {
  /** Whose events are shown. Each lies in a table with a stream of new images. */
  readonly eventStores: readonly EventStore[];
  /** To find the tables' streams. */
  readonly dynamoDbClient: DynamoDBClient;
  /** To read them. */
  readonly dynamoDbStreamsClient: DynamoDBStreamsClient;
  /**
   * Says for each connection, before it is one, what may be seen: `{}` is everything, `false` refuses it with 401. If it
   * throws, or has no answer within 10 seconds, that is a refusal too, with 403, and is reported to `onError`.
   *
   * @default everybody is refused
   */
  readonly authorize?: Authorize | undefined;
  /**
   * Origins whose pages may connect, besides those of the server's own host: `https://app.example.com`. What a request
   * calls its host is its header `Host`; behind a proxy that changes it, list your own origin too.
   *
   * @default none
   */
  readonly origins?: readonly string[] | undefined;
  /** How long to wait when a shard has no new records, in milliseconds: up to an hour. @default 1000 */
  readonly pollIntervalMs?: number | undefined;
  /**
   * Hears of what went wrong and is tried again, such as a poll that failed; of what `authorize` threw; and of an event that
   * cannot be read, which is not shown (`UnreadableEventError`).
   *
   * @default a warning of the process (on stderr)
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** An hour; much longer ones overflow the timers of Node. */
const MAX_POLL_INTERVAL_MS = 3_600_000;

const OPTIONS = {
  eventStores: true,
  dynamoDbClient: true,
  dynamoDbStreamsClient: true,
  authorize: true,
  origins: true,
  pollIntervalMs: true,
  onError: true,
} satisfies OptionNames<EventFeedOptions>;

/** @throws InvalidArgumentError */
export const checkFeedOptions = (options: EventFeedOptions): void => {
  checkOptions(options, '', OPTIONS);
  const { eventStores, dynamoDbClient, dynamoDbStreamsClient, authorize, origins, pollIntervalMs, onError } = options;
  checkList(eventStores, 'eventStores', 'event store');
  for (const eventStore of eventStores as readonly unknown[]) {
    if (!isObject(eventStore) || !('eventStoreId' in eventStore)) refuse('eventStores', 'event stores', eventStore);
  }
  const ids = new Set(eventStores.map(({ eventStoreId }) => eventStoreId));
  if (ids.size < eventStores.length) refuse('eventStores', 'event stores of different ids', eventStores);
  checkClient(dynamoDbClient, 'dynamoDbClient');
  checkClient(dynamoDbStreamsClient, 'dynamoDbStreamsClient');
  if (authorize !== undefined) checkFunction(authorize, 'authorize');
  if (onError !== undefined) checkFunction(onError, 'onError');
  if (pollIntervalMs !== undefined) checkInteger(pollIntervalMs, 'pollIntervalMs', 1, MAX_POLL_INTERVAL_MS);
  if (origins !== undefined) checkOrigins(origins);
};

/** @throws InvalidArgumentError */
export const checkOrigins = (origins: unknown): void => {
  if (!Array.isArray(origins)) refuse('origins', 'an array of origins', origins);
  for (const origin of origins as unknown[]) {
    checkString(origin, 'origins');
    const isOrigin = URL.canParse(origin as string) && new URL(origin as string).origin === origin;
    if (!isOrigin) refuse('origins', 'origins such as "https://app.example.com"', origin);
  }
};
