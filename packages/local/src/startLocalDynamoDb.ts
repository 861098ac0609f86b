import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import type { EngineName } from './engines/engine.js';
import { findEngine } from './engines/findEngine.js';
import { connectToEndpoint } from './externalEndpoint.js';
import { LOCAL_ACCESS } from './localAccess.js';
import { startEngine } from './startEngine.js';

export interface StartLocalDynamoDbOptions {
  /** The engine to start, and no other. Default: the first that this machine has, DynamoDB Local before Dynoxide. */
  engine?: EngineName | undefined;
}

export interface LocalDynamoDb extends AsyncDisposable {
  /** The engine that was started; `external` for a DynamoDB that ran already, at `DYNAMODB_ENDPOINT`. */
  readonly engine: EngineName | 'external';
  /** The URL that clients take as `endpoint`. */
  readonly endpoint: string;
  /** A client of the endpoint, ready to use; `stop` destroys it. */
  readonly dynamoDbClient: DynamoDBClient;
  /**
   * Ends the engine, and its tables with it; resolves once its process is gone. Does nothing to a DynamoDB that ran
   * already, nor when called again.
   */
  readonly stop: () => Promise<void>;
}

const localDynamoDb = (
  engine: LocalDynamoDb['engine'],
  endpoint: string,
  dynamoDbClient: DynamoDBClient,
  stopEngine: () => Promise<void>,
): LocalDynamoDb => {
  const stop = async (): Promise<void> => {
    dynamoDbClient.destroy();
    await stopEngine();
  };

  return { engine, endpoint, dynamoDbClient, stop, [Symbol.asyncDispose]: stop };
};

/**
 * Gives a DynamoDB to demos and tests: the one at `DYNAMODB_ENDPOINT` where that environment variable is set (unless an
 * `engine` is asked for), otherwise a new and empty one in the memory of this machine, on a free port.
 *
 * A started engine ends with `stop`, and in any case when this process ends, however it ends. It does not keep this
 * process from ending.
 *
 * The client has a region and credentials that only a local engine takes. For `DYNAMODB_ENDPOINT` it has those that the
 * AWS SDK finds; where it finds none, and the URL is a plain http one, the made-up ones too.
 *
 * @throws NoEngineFoundError where this machine has no engine to start; the message says what helps.
 * @throws EngineStartError where an engine ends, or does not answer within 60 seconds; the message has its last words.
 * @throws EndpointUnusableError where `DYNAMODB_ENDPOINT` is no URL, or does not answer within 15 seconds.
 */
export const startLocalDynamoDb = async (options: StartLocalDynamoDbOptions = {}): Promise<LocalDynamoDb> => {
  const externalEndpoint = process.env.DYNAMODB_ENDPOINT;
  if (externalEndpoint && options.engine === undefined) {
    return localDynamoDb(
      'external',
      externalEndpoint,
      await connectToEndpoint(externalEndpoint),
      async () => undefined,
    );
  }
  const engine = await findEngine(options.engine);
  const { endpoint, stop } = await startEngine(engine);

  return localDynamoDb(engine.name, endpoint, new DynamoDBClient({ endpoint, ...LOCAL_ACCESS }), stop);
};
