/**
 * The settings of an AWS SDK client that decide where its requests go. Typed by its shape, as this package knows no
 * SDK.
 */
export interface ClientWithDestination {
  readonly config: {
    region: () => Promise<string>;
    endpoint?:
      | (() => Promise<{ protocol: string; hostname: string; port?: number | undefined; path: string }>)
      | undefined;
    credentials: () => Promise<{ accessKeyId: string; accountId?: string | undefined }>;
  };
}

/**
 * How the destinations of two clients differ, for an error's message: `another region`. Undefined if both surely lead to
 * the same account and region. Sends nothing to DynamoDB; asks for credentials if the clients have none yet.
 */
export const destinationDifference = async (
  left: ClientWithDestination,
  right: ClientWithDestination,
): Promise<string | undefined> => {
  if (left === right) return undefined;
  if ((await left.config.region()) !== (await right.config.region())) return 'another region';
  if ((await endpointOf(left)) !== (await endpointOf(right))) return 'another endpoint';
  if (!(await haveSameAccount(left, right))) return 'credentials of another (or an unknown) account';
  return undefined;
};

/** The endpoint that was set by hand; without one, the region decides. */
const endpointOf = async ({ config }: ClientWithDestination): Promise<string | undefined> => {
  if (config.endpoint === undefined) return undefined;
  const { protocol, hostname, port, path } = await config.endpoint();
  return `${protocol}//${hostname}:${port ?? ''}${path}`;
};

/** Credentials do not always name their account; equal access keys are of one account without saying which. */
const haveSameAccount = async (left: ClientWithDestination, right: ClientWithDestination): Promise<boolean> => {
  const [one, other] = await Promise.all([left.config.credentials(), right.config.credentials()]);
  return one.accessKeyId === other.accessKeyId || (one.accountId !== undefined && one.accountId === other.accountId);
};
