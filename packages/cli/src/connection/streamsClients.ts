import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';

import { UsageError } from '../errors.js';

/** A client for streams beside each client for tables, made when it is needed. */
export class StreamsClients {
  readonly #watch: (client: DynamoDBStreamsClient) => void;
  readonly #clients = new Map<DynamoDBClient, DynamoDBStreamsClient>();

  /** @param watch is given each client before it is used */
  constructor(watch: (client: DynamoDBStreamsClient) => void) {
    this.#watch = watch;
  }

  /** @throws UsageError if the streams client is not installed. */
  async get(client: DynamoDBClient): Promise<DynamoDBStreamsClient> {
    const { DynamoDBStreamsClient: StreamsClient } = await loadClient();
    const { region, credentials, endpoint } = client.config;
    const made =
      this.#clients.get(client) ??
      new StreamsClient({ region, credentials, ...(endpoint !== undefined && { endpoint }) });
    this.#clients.set(client, made);
    this.#watch(made);
    return made;
  }

  destroy(): void {
    for (const client of this.#clients.values()) client.destroy();
  }
}

const loadClient = async (): Promise<typeof import('@aws-sdk/client-dynamodb-streams')> => {
  try {
    return await import('@aws-sdk/client-dynamodb-streams');
  } catch (cause) {
    throw new UsageError(
      'This needs the package @aws-sdk/client-dynamodb-streams, which cannot be loaded: install it.',
      {
        cause,
      },
    );
  }
};
