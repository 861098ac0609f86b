import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { type EndpointClientConfig, endpointClientConfig, startLocalDynamoDb } from '@castore-dynamodb/local';

export interface Database {
  /** What it is and where, for people. */
  description: string;
  endpoint: string;
  /** Whether it ends with this program. */
  isOurs: boolean;
  dynamoDbClient: DynamoDBClient;
  /** What its clients are made with. */
  clientConfig: EndpointClientConfig;
  /** A client of its streams. */
  createStreamsClient: () => DynamoDBStreamsClient;
  close: () => Promise<void>;
}

/** The DynamoDB at an endpoint, or one that is started on this machine and ends with `close`. */
export const openDatabase = async (endpoint: string | undefined): Promise<Database> => {
  if (endpoint === undefined) {
    const { engine, dynamoDbClient, clientConfig, stop } = await startLocalDynamoDb();
    return {
      endpoint: clientConfig.endpoint,
      isOurs: engine !== 'external',
      description: `${engine} at ${clientConfig.endpoint}`,
      dynamoDbClient,
      clientConfig,
      createStreamsClient: () => streamsClient(clientConfig),
      close: stop,
    };
  }
  const clientConfig = await endpointClientConfig(endpoint);
  const dynamoDbClient = new DynamoDBClient(clientConfig);
  return {
    endpoint,
    isOurs: false,
    description: `DynamoDB at ${endpoint}`,
    dynamoDbClient,
    clientConfig,
    createStreamsClient: () => streamsClient(clientConfig),
    close: async () => dynamoDbClient.destroy(),
  };
};

const streamsClient = (config: EndpointClientConfig): DynamoDBStreamsClient =>
  new DynamoDBStreamsClient({ ...config, endpoint: streamsEndpoint(config.endpoint) });

/**
 * AWS has another host for streams; an engine on one's own machine has the same.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 */
export const streamsEndpoint = (endpoint: string): string =>
  endpoint.replace(/^(https?:\/\/)(dynamodb\.[^./]+\.amazonaws\.com)/, '$1streams.$2');
