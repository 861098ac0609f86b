import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventStore } from '@castore/core';
import type { EventStoreWithSnapshots } from '@castore-dynamodb/snapshots';
import type { Projection } from '@castore-dynamodb/streams';

/** What a project tells the command about itself. */
export interface CastoreDynamoDbConfig {
  /**
   * The project's event stores, with their adapters: commands read through them, transformations included. What
   * `withSnapshots` returns takes the place of the event store it was given.
   */
  readonly eventStores?: readonly (EventStore | EventStoreWithSnapshots<EventStore>)[];
  /** What `projection` and `dynamoDbProjection` return: for `parked`, `replay` and `doctor`. */
  readonly projections?: readonly Projection[];
  /** The table of event stores that are not listed. `--table` comes before it. */
  readonly tableName?: string;
  /** For tables that are not an event store's. @default one by the options and the environment, as the AWS CLI does */
  readonly dynamoDbClient?: DynamoDBClient;
}

/**
 * Types the configuration: `castore-dynamodb.config.ts` exports what it returns as its default.
 *
 * @example
 * export default defineConfig({ eventStores: [pokemonsEventStore, trainersEventStore] });
 */
export const defineConfig = (config: CastoreDynamoDbConfig): CastoreDynamoDbConfig => config;
