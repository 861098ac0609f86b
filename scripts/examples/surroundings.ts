// What stands around the examples of docstrings: a name that an example uses, does not declare, and that no package exports, is
// looked up here. What comes from another package is imported from there, also in the example as the site shows it.
import type { Server } from 'node:http';

import type { AttributeValue, DynamoDBClient as Client } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { type Command, EventStore, EventType } from '@castore/core';
import type { StoredEvent, StoredEvents } from '@castore-dynamodb/adapter';
import type { EventTable } from '@castore-dynamodb/cdk-construct';
import type { StandardSchema, SubjectKeys } from '@castore-dynamodb/events';
import type { FeedHandlersOptions, GatewayEvent } from '@castore-dynamodb/live';
import type { DynamoDbSnapshotStorage, EventStoreWithSnapshots } from '@castore-dynamodb/snapshots';
import type {
  CheckpointStore,
  FollowOptions,
  Projection,
  ProjectionTable,
  StreamEvent,
} from '@castore-dynamodb/streams';
import type { Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

export { createSecretKey, KeyObject, randomBytes } from 'node:crypto';
export { isDeepStrictEqual } from 'node:util';

export { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
export {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
export { KMSClient } from '@aws-sdk/client-kms';
export { S3Client } from '@aws-sdk/client-s3';
export { Command, NotificationMessageQueue } from '@castore/core';
export { Duration } from 'aws-cdk-lib';

export const pokemons = new EventStore({
  eventStoreId: 'POKEMONS',
  eventTypes: [new EventType<'POKEMON_CAUGHT', { ball: string }>({ type: 'POKEMON_CAUGHT' })],
  reducer: (_aggregate, { aggregateId, version }) => ({ aggregateId, version }),
});
export declare const trainers: EventStore;
export declare const pokemonsEventStore: EventStore;
export declare const trainersEventStore: EventStore;
export declare const customers: EventStore;
export declare const hotPokemons: EventStoreWithSnapshots<typeof pokemons>;
export declare const sensors: EventStore;
export declare const caught: Parameters<EventStore['groupEvent']>[0];
export declare const ash: { version: number };
export declare const catchPokemon: Command;
export declare const handler: Command['handler'];
export declare const input: unknown;
export declare const tableName: string;
export declare const dynamoDbClient: Client;
export declare const dynamoDbStreamsClient: DynamoDBStreamsClient;
export declare const managementApi: FeedHandlersOptions['managementApi'];
export declare const httpServer: Server;
export declare const event: StreamEvent;
export declare const stack: Stack;
export declare const events: EventTable;
export declare const orderService: LambdaFunction;
export declare const projector: LambdaFunction;
export declare const webSocketHandler: LambdaFunction;
export declare const streamHandler: LambdaFunction;
export declare const bucket: IBucket;
export declare const stored: StoredEvents;
export declare const storedEvent: StoredEvent;
export declare const storage: DynamoDbSnapshotStorage;
export declare const item: Record<string, AttributeValue>;
export declare const checkpoints: CheckpointStore;
export declare const pokedex: Projection;
export declare const fallback: ProjectionTable;
export declare const keys: SubjectKeys;
export declare const ballSchema: StandardSchema<{ ball: string }>;
export declare const deleteFiles: (folder: string) => Promise<number>;
export declare const sendMail: (text: string) => Promise<void>;
export declare const feedOptions: FeedHandlersOptions;
export declare const gatewayEvent: GatewayEvent;
export declare const keyArn: string;
export declare const followOptions: FollowOptions;
export declare const partition: string;
export declare const sort: string;
