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

const tableEndpoint = ({ endpointUrl }: AwsOptions, env: NodeJS.ProcessEnv): string | undefined =>
  endpointUrl ?? (env.AWS_ENDPOINT_URL_DYNAMODB || env.AWS_ENDPOINT_URL || undefined);

const isLocal = (options: AwsOptions, env: NodeJS.ProcessEnv): boolean => {
  const endpoint = tableEndpoint(options, env);
  return endpoint !== undefined && LOOPBACK.has(endpointOf(endpoint).hostname);
};

const namesNoCredentials = ({ profile }: AwsOptions, env: NodeJS.ProcessEnv): boolean =>
  !env.AWS_ACCESS_KEY_ID && !profile;

/** A client by the AWS CLI's rules: options first, then the environment, then the profile's files. */
export const newClient = (options: AwsOptions, env: NodeJS.ProcessEnv): DynamoDBClient => {
  const { region, profile } = options;
  const endpoint = tableEndpoint(options, env);
  return new DynamoDBClient({
    ...(isLocal(options, env) && namesNoCredentials(options, env) && LOCAL),
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(endpoint !== undefined && { endpoint, useFipsEndpoint: false, useDualstackEndpoint: false }),
  });
};

/** The variables by which the clients that a configuration makes go where `newClient` would. */
export const environmentOf = (options: AwsOptions, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
  const { region, profile, endpointUrl } = options;
  return {
    ...(isLocal(options, env) && localEnvironment(options, env)),
    ...(region !== undefined && { AWS_REGION: region }),
    ...(profile !== undefined && { AWS_PROFILE: profile }),
    ...(endpointUrl !== undefined && {
      AWS_ENDPOINT_URL_DYNAMODB: endpointUrl,
      AWS_ENDPOINT_URL_DYNAMODB_STREAMS: endpointUrl,
    }),
  };
};

const localEnvironment = (options: AwsOptions, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  // It answers for tables and for streams, which have two addresses on AWS.
  AWS_ENDPOINT_URL_DYNAMODB_STREAMS:
    env.AWS_ENDPOINT_URL_DYNAMODB_STREAMS || env.AWS_ENDPOINT_URL || tableEndpoint(options, env),
  // The SDK prefers a profile of the environment to keys.
  ...(namesNoCredentials(options, env) &&
    !env.AWS_PROFILE && {
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: env.AWS_REGION || 'local',
    }),
});
