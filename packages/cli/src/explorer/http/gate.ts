import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What the server does with a request, decided before anything else is looked at. */
export type Admission =
  | { readonly kind: 'enter' }
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused'; readonly status: 401 | 403 | 405 | 421; readonly reason: string };

export interface GateOptions {
  readonly port: number;
  readonly token: string;
}

interface GateRequest {
  readonly method: string | undefined;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
}

/** Cookies are shared by all ports of a host, so its name has the port in it. */
export const cookieName = (port: number): string => `castore-dynamodb-explorer-${port}`;

const HINT =
  'Open the URL that the command printed when it started. If you came by a link from another site, reload this page.';

/**
 * Lets in who has the token: in the URL once, in a cookie from then on. A page of another site can send requests here, too,
 * and a name that it owns can point to this machine (DNS rebinding): so `Host` and `Origin` must be the server's own.
 */
export const admit = (request: GateRequest, { port, token }: GateOptions): Admission => {
  const stranger = refuseStrangers(request, port);
  if (stranger !== undefined) return stranger;
  const { url, headers } = request;
  const given = url.searchParams.get('token');
  if (given !== null) return isEqual(given, token) ? { kind: 'enter' } : refused(401, `Wrong token. ${HINT}`);
  const isKnown = isEqual(cookieIn(headers.cookie, cookieName(port)) ?? '', token);
  return isKnown ? { kind: 'allowed' } : refused(401, HINT);
};

const refuseStrangers = ({ method, url, headers }: GateRequest, port: number): Admission | undefined => {
  const { host, origin } = headers;
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    return refused(421, 'This server answers only to its own address.');
  }
  // A browser says where a request came from. Links from elsewhere lead to pages, never to data.
  const isForeign = url.pathname.startsWith('/api/') && !isOwn(headers['sec-fetch-site']);
  if (isForeign || (origin !== undefined && origin !== `http://${host}`)) {
    return refused(403, 'Pages of other origins may not read this.');
  }
  return method === 'GET' || method === 'HEAD' ? undefined : refused(405, 'The explorer only reads.');
};

const refused = (status: 401 | 403 | 405 | 421, reason: string): Admission => ({ kind: 'refused', status, reason });

const isOwn = (site: string | string[] | undefined): boolean =>
  site === undefined || site === 'same-origin' || site === 'none';

const cookieIn = (header: string | undefined, name: string): string | undefined =>
  header
    ?.split(';')
    .map(each => each.trim().split('='))
    .find(([key]) => key === name)?.[1];

/** Takes as long whatever is wrong with it. */
const isEqual = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
