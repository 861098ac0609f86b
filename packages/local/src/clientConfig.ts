import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** What a client of a custom endpoint takes, of DynamoDB or of DynamoDB Streams. */
export interface EndpointClientConfig {
  endpoint: string;
  region?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
  useFipsEndpoint: false;
  useDualstackEndpoint: false;
}

/** What a client needs to have, and an engine on this machine does not look at. */
const LOCAL_ACCESS = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
};

/** The SDK refuses a custom endpoint together with either of these, which an environment or a profile may ask for. */
const AS_IT_IS = {
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
} as const;

/**
 * The configuration of a client of a local engine: `new DynamoDBStreamsClient(localClientConfig(endpoint))`.
 *
 * It is complete. Whatever the environment or a profile asks for, such a client sends its requests there.
 *
 * @example
 * const dynamoDbClient = new DynamoDBClient(localClientConfig('http://localhost:8000'));
 */
export const localClientConfig = (endpoint: string): EndpointClientConfig & typeof LOCAL_ACCESS => ({
  endpoint,
  ...LOCAL_ACCESS,
  ...AS_IT_IS,
});

/**
 * The configuration of a client of a DynamoDB that runs already. It has the region and credentials that the AWS SDK finds.
 * If it finds none, and the URL begins with `http:`, it has made-up ones: that is an emulator, which takes any. An
 * `https:` endpoint may be AWS itself, and the SDK's own error is the right one.
 *
 * @example
 * const dynamoDbClient = new DynamoDBClient(await endpointClientConfig('http://localhost:8000'));
 */
export const endpointClientConfig = async (endpoint: string): Promise<EndpointClientConfig> => {
  const config: EndpointClientConfig = { endpoint, ...AS_IT_IS };
  if (new URL(endpoint).protocol === 'https:') return config;

  const probe = new DynamoDBClient(config);
  try {
    return {
      ...config,
      ...(!(await isFound(probe.config.region)) && { region: LOCAL_ACCESS.region }),
      ...(!(await isFound(probe.config.credentials)) && { credentials: LOCAL_ACCESS.credentials }),
    };
  } finally {
    probe.destroy();
  }
};

/** An empty `AWS_REGION` is found, and of no use. */
const isFound = async (provider: () => Promise<unknown>): Promise<boolean> => {
  try {
    return Boolean(await provider());
  } catch {
    return false;
  }
};

/**
 * The same as environment variables, for code that makes its clients without a configuration. Variables that would lead
 * such a client elsewhere are set to what switches them off; the SDK takes an empty one for an absent one.
 */
export const environmentOf = ({ endpoint, region, credentials }: EndpointClientConfig): Record<string, string> => ({
  AWS_ENDPOINT_URL_DYNAMODB: endpoint,
  AWS_ENDPOINT_URL_DYNAMODB_STREAMS: endpoint,
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
  AWS_USE_FIPS_ENDPOINT: 'false',
  AWS_USE_DUALSTACK_ENDPOINT: 'false',
  ...(region !== undefined && { AWS_REGION: process.env.AWS_REGION || region }),
  ...(credentials !== undefined && {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: '',
    // The SDK looks at a profile first.
    AWS_PROFILE: '',
  }),
});
