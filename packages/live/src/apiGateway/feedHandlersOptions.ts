import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventStore } from '@castore/core';
import {
  checkFunction,
  checkObject,
  checkOptions,
  checkString,
  memberOf,
  type OptionNames,
  refuse,
} from '@castore-dynamodb/commons';

import { checkOrigins } from '../eventFeedOptions.js';
import type { Rights } from '../filters/rights.js';
import type { GatewayEvent } from './gatewayEvent.js';
import type { ManagementApi } from './poster.js';

export interface FeedHandlersOptions {
  /** Whose events are shown. Their tables have streams of new images, which the projection's function reads. */
  readonly eventStores: readonly EventStore[];
  /** Of connections and of what was sent to them: a table with the string keys `pk` and `sk`, and a time to live. */
  readonly tableName: string;
  /** To read and write that table. */
  readonly dynamoDbClient: DynamoDBClient;
  /** To send: `new ApiGatewayManagementApi({ endpoint: 'https://<API's domain>/<stage>' })`. */
  readonly managementApi: ManagementApi;
  /**
   * Says for each connection, before it is one, what may be seen: `{}` is everything, `false` refuses it with 401. Gets what
   * API Gateway hands to the route `$connect`. If it throws, or has no answer within 10 seconds, that is a refusal too, with
   * 403. The rights are stored with the connection, and end with it, after 2 hours at the latest.
   *
   * @default everybody is refused
   */
  readonly authorize?: ((event: GatewayEvent) => Rights | false | Promise<Rights | false>) | undefined;
  /** Origins whose pages may connect, besides those of the API's own domain: `https://app.example.com`. @default none */
  readonly origins?: readonly string[] | undefined;
  /** Of the feed, in its table: another name is another feed. Has no `#` in it. @default 'live' */
  readonly name?: string | undefined;
  /**
   * Hears of what went wrong and does not end the work: a connection that could not be sent to, and was closed; what
   * `authorize` threw; an event that cannot be read, which is not shown.
   *
   * @default a warning of the process (on stderr)
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}

const OPTIONS = {
  eventStores: true,
  tableName: true,
  dynamoDbClient: true,
  managementApi: true,
  authorize: true,
  origins: true,
  name: true,
  onError: true,
} satisfies OptionNames<FeedHandlersOptions>;

/** Beside what `batchProjection` checks. @throws InvalidArgumentError */
export const checkFeedHandlersOptions = (options: FeedHandlersOptions): void => {
  checkOptions(options, '', OPTIONS);
  const { tableName, managementApi, authorize, origins, onError } = options;
  checkString(tableName, 'tableName');
  checkObject(managementApi, 'managementApi');
  for (const method of ['postToConnection', 'deleteConnection']) {
    if (typeof memberOf(managementApi, method) === 'function') continue;
    refuse(
      'managementApi',
      `an ApiGatewayManagementApi of the AWS SDK, or whatever has its method ${method}`,
      managementApi,
    );
  }
  if (authorize !== undefined) checkFunction(authorize, 'authorize');
  if (onError !== undefined) checkFunction(onError, 'onError');
  if (origins !== undefined) checkOrigins(origins);
};
