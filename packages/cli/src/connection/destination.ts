import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';

import { UsageError } from '../errors.js';
import type { AwsOptions } from './client.js';

const MIDDLEWARE = 'requireDestination';

/**
 * Lets no request go anywhere but where `--endpoint-url` and `--region` say. The clients of a configuration have these from
 * the environment, unless the configuration gives them others.
 */
export class Destination {
  readonly #endpoint: URL | undefined;
  readonly #region: string | undefined;
  readonly #watched = new Set<DynamoDBClient>();

  constructor({ endpointUrl, region }: AwsOptions) {
    this.#endpoint = endpointUrl !== undefined && URL.canParse(endpointUrl) ? new URL(endpointUrl) : undefined;
    this.#region = region;
  }

  watch(watched: DynamoDBClient | DynamoDBStreamsClient): void {
    if (this.#endpoint === undefined && this.#region === undefined) return;
    // Their middlewares take the same steps.
    const client = watched as DynamoDBClient;
    this.#watched.add(client);
    client.middlewareStack.add(
      next => async args => {
        this.#requireEndpoint(args.request as { hostname: string; port?: number });
        await this.#requireRegion(client);
        return next(args);
      },
      { step: 'finalizeRequest', name: MIDDLEWARE, priority: 'low', override: true },
    );
  }

  #requireEndpoint({ hostname, port }: { hostname: string; port?: number }): void {
    if (this.#endpoint === undefined) return;
    const { hostname: wanted, port: wantedPort } = this.#endpoint;
    if (hostname === wanted && String(port ?? '') === wantedPort) return;
    throw new UsageError(
      `--endpoint-url ${this.#endpoint.origin} has no effect: a client of the configuration would send this request to ${hostname}${port === undefined ? '' : `:${port}`}. Leave the endpoint out of this client, so that the option decides, or leave the option out.`,
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
