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
  const [first] = ofEvents as [DynamoDBClient, ...DynamoDBClient[]];
  const known = new Set([first]);
  for (const [index, client] of [...ofEvents, ...ofChecks].entries()) {
    if (known.has(client)) continue;
    const difference = await destinationDifference(first, client);
    if (difference !== undefined) {
      const isEvent = index < ofEvents.length;
      throw new InvalidEventGroupError(
        'different-accounts-or-regions',
        `${isEvent ? '' : `options.checks[${index - ofEvents.length}]: `}its adapter's client has ${difference} than ` +
          "the first event's, and a DynamoDB transaction stays within one account and region. Give both adapters the " +
          'same client if they mean the same place.',
        isEvent ? index : undefined,
      );
    }
    known.add(client);
  }
};
