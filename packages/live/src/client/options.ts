import { LiveError } from './liveError.js';
import type { SubscribeOptions } from './subscription.js';
import { hasWebSocket } from './webSocketTransport.js';

const invalid = (argument: string, explanation: string): LiveError =>
  new LiveError('InvalidArgumentError', `Invalid ${argument}: ${explanation}`, { argument });

const refuse = (argument: string, expectation: string, value: string): never => {
  throw invalid(argument, `expected ${expectation}, got ${value}.`);
};

/** What it is, without its text: a URL or a position may hold a secret. */
const kindOf = (value: unknown): string => {
  if (value === null || value === undefined || value === '') return value === '' ? '""' : String(value);
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
};

const OPTIONS = ['url', 'filters', 'after', 'onState', 'onError'] satisfies (keyof SubscribeOptions)[];

/** @throws LiveError of code `InvalidArgumentError` */
export const checkOptions = (options: SubscribeOptions): void => {
  if (typeof options !== 'object' || options === null) refuse('options', 'an object', kindOf(options));
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || (OPTIONS as string[]).includes(name)) continue;
    throw invalid(name, `there is no such option. The options are ${OPTIONS.join(', ')}.`);
  }
  const { url, after, onState, onError } = options;
  if (typeof url !== 'function') resolveUrl(url, 'url');
  if (after !== undefined && !isText(after)) refuse('after', 'a position', kindOf(after));
  checkCallback('onState', onState);
  checkCallback('onError', onError);
};

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

const checkCallback = (name: string, callback: unknown): void => {
  if (callback !== undefined && typeof callback !== 'function') refuse(name, 'a function', kindOf(callback));
};

/** As JSON, from now on: what is changed later in the given list changes nothing. */
export const filtersOf = ({ filters = [{}] }: SubscribeOptions): string => {
  if (!Array.isArray(filters)) refuse('filters', 'an array of filters', kindOf(filters));
  try {
    return JSON.stringify(filters, (_, value: unknown) => {
      // JSON leaves undefined out, and a filter without its member fits everything.
      if (value === undefined) throw new TypeError('undefined');
      return value;
    });
  } catch {
    return refuse('filters', 'values that JSON can hold, without undefined', 'something else');
  }
};

/** A path is one of the page's own server. */
export const resolveUrl = (given: unknown, argument: string): URL => {
  if (typeof given !== 'string') refuse(argument, 'a URL as a string', kindOf(given));
  let url: URL;
  try {
    url = new URL(given as string, (globalThis as { location?: { href: string } }).location?.href);
  } catch {
    return refuse(argument, 'a URL', given === '' ? '""' : 'a text that is not a URL, or a path without a page');
  }
  const { protocol } = url;
  if (!/^(http|ws)s?:$/.test(protocol)) refuse(argument, 'a URL of http:, https:, ws: or wss:', `one of ${protocol}`);
  if (protocol.startsWith('ws') && !hasWebSocket()) {
    refuse(argument, 'a URL of http: or https:', `one of ${protocol}, and globalThis.WebSocket is not there`);
  }
  // A WebSocket takes none.
  url.hash = '';
  return url;
};
