import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { checkOneOf, checkOptions, type OptionNames } from '@castore-dynamodb/commons';

import { type EndpointClientConfig, environmentOf, localClientConfig } from './clientConfig.js';
import { connectToEndpoint } from './endpoint.js';
import { type AvailableEngine, ENGINE_NAMES, ENGINES, type EngineName, type MissingEngine } from './engines.js';
import { NoEngineFoundError } from './errors.js';
import { startEngine } from './startEngine.js';

/**
 * @example
 * await using engine = await startLocalDynamoDb({ engine: 'dynamodb-local' });
 */
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
  /** The configuration of further clients: `new DynamoDBStreamsClient(clientConfig)`. */
  readonly clientConfig: EndpointClientConfig;
  /**
   * The same as environment variables, for code that makes its clients without a configuration:
   * `Object.assign(process.env, environment)`. It replaces the credentials in the environment by made-up ones, so that no
   * request to an engine is signed with real ones; a region that is there stays.
   */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * Ends the engine, and its tables with it; resolves once its process is gone. Does nothing to a DynamoDB that ran
   * already, nor when called again.
   */
  readonly stop: () => Promise<void>;
}

const OPTIONS = { engine: true } as const satisfies OptionNames<StartLocalDynamoDbOptions>;

/**
 * Gives a DynamoDB to demos and tests: the one at `DYNAMODB_ENDPOINT` if that environment variable is set (unless an
 * `engine` is asked for), otherwise a new and empty one in the memory of this machine, on a free port.
 *
 * A started engine ends with `stop`, and in any case when this process ends, however it ends. Its temporary files go
 * with it. It does not keep this process from ending.
 *
 * The client has a region and credentials that only a local engine takes. For `DYNAMODB_ENDPOINT` it has those that the
 * AWS SDK finds; if it finds none, and the URL begins with `http:`, the made-up ones too.
 *
 * @throws InvalidArgumentError for an option or an engine that there is not.
 * @throws NoEngineFoundError if this machine has no engine to start; the message says what helps.
 * @throws EngineStartError if an engine ends or fails, or does not answer within 60 seconds; the message has what it wrote.
 * @throws EndpointUnusableError if `DYNAMODB_ENDPOINT` is no URL, or does not answer within 15 seconds.
 *
 * @example
 * const { dynamoDbClient, stop } = await startLocalDynamoDb();
 * await createEventTable(dynamoDbClient, { tableName: 'events', layout: 'single-table' });
 * await stop();
 */
export const startLocalDynamoDb = async (options: StartLocalDynamoDbOptions = {}): Promise<LocalDynamoDb> => {
  checkOptions(options, '', OPTIONS);
  if (options.engine !== undefined) checkOneOf(options.engine, 'engine', ENGINE_NAMES);

  const externalEndpoint = process.env.DYNAMODB_ENDPOINT;
  if (externalEndpoint && options.engine === undefined) {
    return localDynamoDb('external', await connectToEndpoint(externalEndpoint), async () => undefined);
  }
  const engine = await findEngine(options.engine === undefined ? ENGINE_NAMES : [options.engine]);
  const { endpoint, stop } = await startEngine(engine);

  return localDynamoDb(engine.name, localClientConfig(endpoint), stop);
};

/** The first of these engines that this machine has. */
const findEngine = async (names: readonly EngineName[]): Promise<AvailableEngine> => {
  const missing: MissingEngine[] = [];
  for (const name of names) {
    const engine = await ENGINES[name]();
    if ('programFor' in engine) return engine;
    missing.push(engine);
  }
  throw new NoEngineFoundError(missing);
};

const localDynamoDb = (
  engine: LocalDynamoDb['engine'],
  clientConfig: EndpointClientConfig,
  stopEngine: () => Promise<void>,
): LocalDynamoDb => {
  const dynamoDbClient = new DynamoDBClient(clientConfig);
  const stop = async (): Promise<void> => {
    dynamoDbClient.destroy();
    await stopEngine();
  };

  return {
    engine,
    endpoint: clientConfig.endpoint,
    dynamoDbClient,
    clientConfig,
    environment: environmentOf(clientConfig),
    stop,
    [Symbol.asyncDispose]: stop,
  };
};
