import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';

import { UsageError } from '../errors.js';
import type { AwsOptions } from './client.js';

const MIDDLEWARE = 'requireDestination';

/** `https://dynamodb.eu-west-1.amazonaws.com`, `http://127.0.0.1:8000` */
export const addressOf = (request: unknown): string => {
  const { protocol, hostname, port } = request as Partial<Record<'protocol' | 'hostname', string> & { port: number }>;
  return `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;
};

/**
 * Lets no request go anywhere but where `--endpoint-url` and `--region` say. The clients of a configuration have these from
 * the environment, unless the configuration gives them others.
 */
export class Destination {
  readonly #endpoint: string | undefined;
  readonly #region: string | undefined;
  readonly #watched = new Set<DynamoDBClient>();

  constructor({ endpointUrl, region }: AwsOptions) {
    this.#endpoint = endpointUrl !== undefined && URL.canParse(endpointUrl) ? new URL(endpointUrl).origin : undefined;
    this.#region = region;
  }

  watch(watched: DynamoDBClient | DynamoDBStreamsClient): void {
    if (this.#endpoint === undefined && this.#region === undefined) return;
    // Their middlewares take the same steps.
    const client = watched as DynamoDBClient;
    this.#watched.add(client);
    client.middlewareStack.add(
      next => async args => {
        this.#requireEndpoint(addressOf(args.request));
        await this.#requireRegion(client);
        return next(args);
      },
      { step: 'finalizeRequest', name: MIDDLEWARE, priority: 'low', override: true },
    );
  }

  #requireEndpoint(address: string): void {
    if (this.#endpoint === undefined || this.#endpoint === address) return;
    throw new UsageError(
      `--endpoint-url ${this.#endpoint} has no effect: a client of the configuration would send this request to ${address}. Leave the endpoint out of this client, so that the option decides, or leave the option out.`,
    );
  }

  async #requireRegion({ config }: DynamoDBClient): Promise<void> {
    if (this.#region === undefined) return;
    const region = await config.region();
    if (region === this.#region) return;
    throw new UsageError(
      `--region ${JSON.stringify(this.#region)} has no effect: a client of the configuration works in ${JSON.stringify(region)}. Leave the region out of this client, so that the option decides, or leave the option out.`,
    );
  }

  close(): void {
    for (const client of this.#watched) client.middlewareStack.remove(MIDDLEWARE);
  }
}
