import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import { startEngineProcess } from './engineProcess.js';
import { findDynamoDbLocal } from './engines/dynamoDbLocal.js';
import { findDynoxide } from './engines/dynoxide.js';
import type { AvailableEngine, EngineName, MissingEngine } from './engines/engine.js';
import { NoEngineFoundError } from './errors.js';
import { connectToEndpoint } from './externalEndpoint.js';
import { LOCAL_ACCESS } from './localAccess.js';

export interface StartLocalDynamoDbOptions {
  /** The engine to start, and no other; default: the first that this machine has. */
  engine?: EngineName;
}

export interface LocalDynamoDb extends AsyncDisposable {
  /** The URL that clients use as `endpoint`. */
  readonly endpoint: string;
  /** A client of that endpoint, to use as it is. `stop` destroys it. */
  readonly dynamoDbClient: DynamoDBClient;
  /** The engine that was started; `external` where `DYNAMODB_ENDPOINT` named one that runs already. */
  readonly engine: EngineName | 'external';
  /** Ends the engine and resolves once its process is gone, its tables with it; further calls do nothing more. */
  stop(): Promise<void>;
}

/** In the order of preference. */
const ENGINES: Record<EngineName, () => Promise<AvailableEngine | MissingEngine>> = {
  'dynamodb-local': findDynamoDbLocal,
  dynoxide: findDynoxide,
};

const findEngine = async (names: EngineName[]): Promise<AvailableEngine> => {
  const missing: MissingEngine[] = [];
  for (const name of names) {
    const engine = await ENGINES[name]();
    if ('launch' in engine) return engine;
    missing.push(engine);
  }
  throw new NoEngineFoundError(missing);
};

const localDynamoDb = (
  engine: LocalDynamoDb['engine'],
  endpoint: string,
  dynamoDbClient: DynamoDBClient,
  stopEngine: () => Promise<void>,
): LocalDynamoDb => {
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    dynamoDbClient.destroy();
    stopped ??= stopEngine();

    return stopped;
  };

  return { engine, endpoint, dynamoDbClient, stop, [Symbol.asyncDispose]: stop };
};

/**
 * Gives a DynamoDB to demos and tests: the one at `DYNAMODB_ENDPOINT` where that is set, otherwise one that is started
 * on this machine, empty and in memory, on a free port. Of the engines, DynamoDB Local comes first (it needs Java 17 or
 * newer), then Dynoxide (where its optional package for this platform is installed).
 *
 * The engine ends with `stop`, and in any case when this process ends, however it ends. It does not keep this process
 * alive. Asking for an `engine` by name sets `DYNAMODB_ENDPOINT` aside.
 *
 * @throws NoEngineFoundError where there is no engine to start; the message says what to do about it.
 * @throws EngineStartError where an engine ended, or did not answer within 60 seconds; the message holds its last words.
 * @throws EndpointUnusableError where `DYNAMODB_ENDPOINT` is not a URL, or nothing answers there within 15 seconds.
 */
export const startLocalDynamoDb = async (options: StartLocalDynamoDbOptions = {}): Promise<LocalDynamoDb> => {
  const externalEndpoint = process.env.DYNAMODB_ENDPOINT;
  if (options.engine === undefined && externalEndpoint) {
    return localDynamoDb('external', externalEndpoint, await connectToEndpoint(externalEndpoint), async () => {});
  }
  const engine = await findEngine(options.engine === undefined ? (Object.keys(ENGINES) as EngineName[]) : [options.engine]);
  const { endpoint, stop } = await startEngineProcess(engine);

  return localDynamoDb(engine.name, endpoint, new DynamoDBClient({ endpoint, ...LOCAL_ACCESS }), stop);
};
