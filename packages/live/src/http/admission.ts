import type { IncomingMessage } from 'node:http';

import { withDeadline } from '@castore-dynamodb/commons';

import type { GrantedRights } from '../feed/interests.js';
import { compileRights, type Rights } from '../filters/rights.js';
import type { Reporter } from '../reporter.js';
import { TIMES } from '../times.js';

/**
 * What the client that sent a request may see; false if it may not connect. Asked once for each connection, before it is
 * one: what it answers holds until the connection ends.
 */
export type Authorize = (request: IncomingMessage) => Rights | false | Promise<Rights | false>;

/** Of a request: its headers of these names. */
export interface RequestSource {
  readonly origin: string | undefined;
  readonly host: string | undefined;
}

export interface AdmissionOptions {
  readonly authorize: (() => Rights | false | Promise<Rights | false>) | undefined;
  readonly origins: readonly string[];
  readonly onError: Reporter;
}

/** The status of a refusal, or what a client may see. */
export type Admission =
  | { readonly status: 401 | 403 }
  | { readonly rights: GrantedRights & { readonly rights: Rights } };

/** Decides on a request: first by its origin, then by `authorize`. Without `authorize`, nobody is admitted. */
export const admit = async (
  source: RequestSource,
  { authorize, origins, onError }: AdmissionOptions,
): Promise<Admission> => {
  if (!isOriginAllowed(source, origins)) return { status: 403 };
  if (authorize === undefined) return { status: 401 };
  try {
    const rights = await withDeadline({ operation: 'authorize', milliseconds: TIMES.authorize }, async () =>
      authorize(),
    );
    if (rights === false) return { status: 401 };
    const allows = compileRights(rights);
    return { rights: { key: JSON.stringify(rights), allows, rights } };
  } catch (error) {
    onError(error, 'authorize');
    return { status: 403 };
  }
};

/**
 * Browsers name the page's origin, and send its cookies to any server: pages of other hosts are refused unless they are
 * listed. Other programs send none.
 */
const isOriginAllowed = ({ origin, host }: RequestSource, origins: readonly string[]): boolean => {
  if (origin === undefined || origins.includes(origin)) return true;
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
};
