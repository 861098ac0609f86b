// What stands around the examples of docstrings: a name that an example uses, does not declare, and that no package exports, is
// looked up here. What comes from another package is imported from there, also in the example as the site shows it.
import type { Server } from 'node:http';

import type { DynamoDBClient as Client } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { Command, EventStore } from '@castore/core';
import type { EventTable } from '@castore-dynamodb/cdk-construct';
import type { FeedHandlersOptions } from '@castore-dynamodb/live';
import type { StreamEvent } from '@castore-dynamodb/streams';
import type { Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';

export { DynamoDBClient } from '@aws-sdk/client-dynamodb';
export { KMSClient } from '@aws-sdk/client-kms';
export { S3Client } from '@aws-sdk/client-s3';
export { Command } from '@castore/core';

export declare const pokemons: EventStore;
export declare const trainers: EventStore;
export declare const pokemonsEventStore: EventStore;
export declare const trainersEventStore: EventStore;
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
