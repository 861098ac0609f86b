import { get as getByHttp } from 'node:http';
import { get as getByHttps } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

import { type EndpointClientConfig, endpointClientConfig } from './clientConfig.js';
import { EndpointUnusableError } from './errors.js';

/** A container that was started together with this process may need a moment. */
const ANSWER_TIMEOUT_MS = 15_000;

const parseEndpoint = (endpoint: string): URL => {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new EndpointUnusableError(endpoint, 'this is not an http or https URL');
};

/** Waits until a DynamoDB that runs already answers; resolves with the configuration of its clients. */
export const connectToEndpoint = async (
  endpoint: string,
  answerTimeoutMs = ANSWER_TIMEOUT_MS,
): Promise<EndpointClientConfig> => {
  const url = parseEndpoint(endpoint);
  try {
    await waitUntilAnswering(url, AbortSignal.timeout(answerTimeoutMs));
  } catch (cause) {
    throw new EndpointUnusableError(endpoint, `nothing answered there for ${answerTimeoutMs / 1000} seconds`, {
      cause,
    });
  }

  return endpointClientConfig(endpoint);
};

const POLLING_INTERVAL_MS = 25;

/** Asks once; every answer counts, since DynamoDB refuses a request that is not signed. */
const ask = (endpoint: URL, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const get = endpoint.protocol === 'https:' ? getByHttps : getByHttp;
    get(endpoint, { agent: false, signal }, response => {
      response.resume();
      resolve();
    }).once('error', reject);
  });

/** Resolves once the endpoint answers; when the signal is aborted before, rejects with the last connection error. */
export const waitUntilAnswering = async (endpoint: URL, signal: AbortSignal): Promise<void> => {
  let lastError: unknown;
  while (!signal.aborted) {
    try {
      return await ask(endpoint, signal);
    } catch (error) {
      if (!signal.aborted) lastError = error;
    }
    await sleep(POLLING_INTERVAL_MS);
  }
  throw lastError ?? signal.reason;
};
