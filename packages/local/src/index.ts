export { CastoreDynamoDbError, InvalidArgumentError } from '@castore-dynamodb/commons';

export { type EndpointClientConfig, endpointClientConfig, localClientConfig } from './clientConfig.js';
export type { EngineName, MissingEngine } from './engines.js';
export { EndpointUnusableError, EngineStartError, LocalDynamoDbError, NoEngineFoundError } from './errors.js';
export { type LocalDynamoDb, type StartLocalDynamoDbOptions, startLocalDynamoDb } from './startLocalDynamoDb.js';
