import type { DynamoDBClient, DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';

export const CONTENDERS = [
  'castore',
  'ours',
  'oursStreaming',
  'oursWithSnapshots',
  'oursSnapshotEachPush',
  'oursCached',
  'projection',
  'dynamoDbProjection',
  'poller',
  'jsonParse',
  'httpJsonParse',
  'documentClient',
  'unmarshall',
  'emptyPut',
  'plainPut',
  'equinox',
  'equinoxFromTip',
  'eventStoreAdapterJs',
] as const;

export type ContenderName = (typeof CONTENDERS)[number];

/** A library in use: what it cannot do, it leaves out. */
export interface Contender {
  /** Whose requests are counted, if costs are compared. */
  client?: Pick<DynamoDBClient, 'middlewareStack'>;
  /** Stores what is read or loaded later, for libraries that have a data model of their own. */
  seed?: (events: EventDetail[]) => Promise<void>;
  /** All events of the aggregate; `onFirst` is called when the first one can be used. */
  read?: (onFirst: () => void) => Promise<unknown[]>;
  /** The state of the aggregate, by the fastest way that the library has. */
  load?: () => Promise<unknown>;
  push?: (event: EventDetail) => Promise<void>;
  /** Handles new events of several aggregates, as they come out of a stream. */
  project?: (events: EventDetail[]) => Promise<void>;
}

export interface ContenderOptions {
  /** For a client of the SDK that it makes by itself. */
  config: DynamoDBClientConfig;
  tableName: string;
  aggregateId: string;
  /** The responses' bytes, if there are prepared ones. */
  responses: Buffer[];
}

export type CreateContender = (options: ContenderOptions) => Contender;
