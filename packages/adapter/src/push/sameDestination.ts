import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { destinationDifference } from '@castore-dynamodb/commons';

import { InvalidEventGroupError } from '../errors.js';

/**
 * A transaction goes through one client, to one account in one region. Events and checks whose adapters have clients of
 * their own may share it only if those clients surely lead to the same place.
 */
export const refuseForeignClients = async (
  ofEvents: readonly DynamoDBClient[],
  ofChecks: readonly DynamoDBClient[],
): Promise<void> => {
  const clients = [...ofEvents, ...ofChecks] as [DynamoDBClient, ...DynamoDBClient[]];
  for (const client of new Set(clients)) {
    const difference = await destinationDifference(clients[0], client);
    if (difference === undefined) continue;
    const index = clients.indexOf(client);
    const check = index - ofEvents.length;
    throw new InvalidEventGroupError(
      'different-accounts-or-regions',
      `${check < 0 ? '' : `options.checks[${check}]: `}its adapter's client has ${difference} than the first event's, and a ` +
        'DynamoDB transaction stays within one account and region. Give both one client if they mean the same place.',
      check < 0 ? index : undefined,
    );
  }
};
