export type { EngineName, MissingEngine } from './engines/engine.js';
export { EndpointUnusableError, EngineStartError, LocalDynamoDbError, NoEngineFoundError } from './errors.js';
export { type LocalDynamoDb, type StartLocalDynamoDbOptions, startLocalDynamoDb } from './startLocalDynamoDb.js';
