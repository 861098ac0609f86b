import { get as getByHttp } from 'node:http';
import { get as getByHttps } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

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
