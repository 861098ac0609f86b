import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import { InvalidEventGroupError } from '../errors.js';

/**
 * A transaction goes through one client, to one account in one region. Events and checks whose adapters have clients of
 * their own may share it only where those clients surely lead to the same place.
 */
export const refuseForeignClients = async (
  ofEvents: readonly DynamoDBClient[],
  ofChecks: readonly DynamoDBClient[],
): Promise<void> => {
  const [first] = ofEvents as [DynamoDBClient, ...DynamoDBClient[]];
  const known = new Set([first]);
  for (const [index, client] of [...ofEvents, ...ofChecks].entries()) {
    if (known.has(client)) continue;
    const difference = await findDifference(first, client);
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

const findDifference = async (left: DynamoDBClient, right: DynamoDBClient): Promise<string | undefined> => {
  if ((await left.config.region()) !== (await right.config.region())) return 'another region';
  if ((await endpointOf(left)) !== (await endpointOf(right))) return 'another endpoint';
  if (!(await haveSameAccount(left, right))) return 'credentials of another (or an unknown) account';
  return undefined;
};

/** The endpoint that was set by hand; without one, the region decides. */
const endpointOf = async ({ config }: DynamoDBClient): Promise<string | undefined> => {
  if (config.endpoint === undefined) return undefined;
  const { protocol, hostname, port, path } = await config.endpoint();
  return `${protocol}//${hostname}:${port ?? ''}${path}`;
};

/** Credentials do not always name their account; equal access keys are of one account without saying which. */
const haveSameAccount = async (left: DynamoDBClient, right: DynamoDBClient): Promise<boolean> => {
  const [one, other] = await Promise.all([left.config.credentials(), right.config.credentials()]);
  return one.accessKeyId === other.accessKeyId || (one.accountId !== undefined && one.accountId === other.accountId);
};
