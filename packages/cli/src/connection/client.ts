import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

import { UsageError } from '../errors.js';

/** The options of the AWS CLI that say which account, region and endpoint are meant. */
export interface AwsOptions {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly endpointUrl?: string | undefined;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** A local engine takes any credentials and any region, and clients insist on some. */
const LOCAL: DynamoDBClientConfig = {
  region: 'local',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
};

const endpointOf = (text: string): URL => {
  try {
    return new URL(text);
  } catch (cause) {
    throw new UsageError(
      `Invalid --endpoint-url ${JSON.stringify(text)}: expected a URL such as http://localhost:8000.`,
      {
        cause,
      },
    );
  }
};

/** A client by the AWS CLI's rules: options first, then the environment, then the profile's files. */
export const newClient = ({ region, profile, endpointUrl }: AwsOptions, env: NodeJS.ProcessEnv): DynamoDBClient => {
  const endpoint = endpointUrl ?? (env.AWS_ENDPOINT_URL_DYNAMODB || env.AWS_ENDPOINT_URL || undefined);
  const isLocal =
    endpoint !== undefined && LOOPBACK.has(endpointOf(endpoint).hostname) && !env.AWS_ACCESS_KEY_ID && !profile;
  return new DynamoDBClient({
    ...(isLocal && LOCAL),
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(endpoint !== undefined && { endpoint, useFipsEndpoint: false, useDualstackEndpoint: false }),
  });
};
