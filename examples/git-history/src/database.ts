import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { startLocalDynamoDb } from '@castore-dynamodb/local';

export interface Database {
  /** What it is and where, for people. */
  description: string;
  dynamoDbClient: DynamoDBClient;
  /** A client of its streams. */
  createStreamsClient: () => DynamoDBStreamsClient;
  close: () => Promise<void>;
}

/** The DynamoDB at an endpoint, or one that is started on this machine and ends with `close`. */
export const openDatabase = async (endpoint: string | undefined): Promise<Database> => {
  if (endpoint === undefined) {
    const local = await startLocalDynamoDb();
    return {
      description: `${local.engine} at ${local.endpoint}`,
      dynamoDbClient: local.dynamoDbClient,
      createStreamsClient: () => streamsClientOf(local.dynamoDbClient, local.endpoint),
      close: () => local.stop(),
    };
  }
  const dynamoDbClient = new DynamoDBClient({ endpoint, ...(isOnThisMachine(endpoint) && dummyAccess()) });
  return {
    description: `DynamoDB at ${endpoint}`,
    dynamoDbClient,
    createStreamsClient: () => streamsClientOf(dynamoDbClient, endpoint),
    close: async () => dynamoDbClient.destroy(),
  };
};

/** With the same region and credentials. */
const streamsClientOf = ({ config }: DynamoDBClient, endpoint: string): DynamoDBStreamsClient =>
  new DynamoDBStreamsClient({
    endpoint: streamsEndpoint(endpoint),
    region: config.region,
    credentials: config.credentials,
  });

/**
 * AWS has another host for streams; an engine on one's own machine has the same.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 */
export const streamsEndpoint = (endpoint: string): string =>
  endpoint.replace(/^(https?:\/\/)(dynamodb\.[^./]+\.amazonaws\.com)/, '$1streams.$2');

const isOnThisMachine = (endpoint: string) => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(endpoint).hostname);

/** The SDK insists on a region and credentials, which an engine on this machine does not look at. */
const dummyAccess = (): DynamoDBClientConfig => {
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_PROFILE } = process.env;
  return {
    ...(!AWS_REGION && { region: 'us-east-1' }),
    ...(!AWS_ACCESS_KEY_ID && !AWS_PROFILE && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
  };
};
