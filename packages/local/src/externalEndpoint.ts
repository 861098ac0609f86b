import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

import { EndpointUnusableError } from './errors.js';
import { LOCAL_ACCESS } from './localAccess.js';
import { waitUntilAnswering } from './waitUntilAnswering.js';

/** A container that was started together with this process may need a moment. */
const ANSWER_TIMEOUT_MS = 15_000;

const parseEndpoint = (endpoint: string): URL => {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new EndpointUnusableError(endpoint, 'this is not an http or https URL');
};

const isFound = async (provider: () => Promise<unknown>): Promise<boolean> => {
  try {
    await provider();
    return true;
  } catch {
    return false;
  }
};

/**
 * The region and credentials that the AWS SDK finds for the user are used. Where it finds none, a plain HTTP endpoint is
 * an emulator's, which takes any; behind HTTPS may be AWS itself, and the SDK's own error is the right one.
 */
const accessFor = async (endpoint: URL): Promise<Partial<DynamoDBClientConfig>> => {
  if (endpoint.protocol === 'https:') return {};
  const probe = new DynamoDBClient({ endpoint: endpoint.href });
  try {
    return {
      ...(!(await isFound(probe.config.region)) && { region: LOCAL_ACCESS.region }),
      ...(!(await isFound(probe.config.credentials)) && { credentials: LOCAL_ACCESS.credentials }),
    };
  } finally {
    probe.destroy();
  }
};

/** Makes a client of a DynamoDB that runs already, once it answers. */
export const connectToEndpoint = async (
  endpoint: string,
  answerTimeoutMs = ANSWER_TIMEOUT_MS,
): Promise<DynamoDBClient> => {
  const url = parseEndpoint(endpoint);
  try {
    await waitUntilAnswering(url, AbortSignal.timeout(answerTimeoutMs));
  } catch (cause) {
    throw new EndpointUnusableError(endpoint, `nothing answered there for ${answerTimeoutMs / 1000} seconds`, {
      cause,
    });
  }

  return new DynamoDBClient({ endpoint, ...(await accessFor(url)) });
};
