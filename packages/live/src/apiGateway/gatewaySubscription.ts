import { endOfRefusal } from '../filters/filters.js';
import type { Rights } from '../filters/rights.js';
import { type ConnectionEnd, GATEWAY_PING_MS } from '../protocol/protocol.js';
import { TIMES } from '../times.js';
import type { Audience } from './audience.js';
import { type GatewayInterest, matcherOf } from './gatewayInterest.js';
import type { LoggedEvents } from './loggedEvents.js';
import { formatLogPosition, type LogPosition, parseLogPosition } from './logPosition.js';
import { eventMessages } from './messages.js';
import type { Poster } from './poster.js';
import type { LogEntry, LogHead, SharedLog } from './sharedLog.js';

export interface SubscriptionParts {
  readonly log: SharedLog;
  readonly audience: Audience;
  readonly events: LoggedEvents;
  readonly poster: Poster;
}

/** What a client that is there for the first time asks for. */
export interface GatewaySubscription {
  readonly connectionId: string;
  readonly rights: Rights;
  readonly filters: unknown;
  readonly after: unknown;
}

/**
 * Lists a connection, and sends it what it has missed.
 *
 * First it is listed: from then on, deliveries send it what is written to the log. Then the log is read, up to an end that
 * it had after that. So whatever is not among what was read is delivered. What comes both ways, or before its time, the
 * client sorts out: it keeps back what is delivered until it hears `subscribed`.
 *
 * @param head that the log has had before
 * @returns why the connection is to be ended; undefined if it is not.
 */
export const subscribeConnection = async (
  parts: SubscriptionParts,
  head: LogHead,
  { connectionId, rights, filters, after }: GatewaySubscription,
): Promise<ConnectionEnd | undefined> => {
  const { log, audience, poster } = parts;
  const start = startOf(after, head);
  if ('reason' in start) return start;
  let interest: GatewayInterest | undefined;
  try {
    interest = await audience.subscribe(connectionId, rights, filters, head.entry);
  } catch (error) {
    return endOfRefusal(error);
  }
  if (interest === undefined) return { reason: 'InvalidSubscription', message: 'A connection has one subscription.' };
  const { entry: last } = await log.head();
  const result = await sendMissed(parts, connectionId, interest, start, last);
  if (result !== undefined) return result;
  const position = formatLogPosition({ logId: head.logId, entry: last + 1, done: 0 });
  const posted = await poster.post(
    connectionId,
    JSON.stringify({ type: 'subscribed', position, pingMs: GATEWAY_PING_MS }),
  );
  return posted === 'sent' ? undefined : { reason: 'Restart' };
};

/** Where to begin; or why there is no such place. */
const startOf = (after: unknown, { logId, entry }: LogHead): LogPosition | ConnectionEnd => {
  if (after === undefined) return { logId, entry: entry + 1, done: 0 };
  const position = parseLogPosition(after);
  if (position === undefined) return { reason: 'InvalidPosition' };
  // Of a log that is gone, or beyond the end, which only a log that was begun anew has behind it.
  if (position.logId === logId && position.entry <= entry + 1) return position;
  return {
    reason: 'PositionExpired',
    message: 'The position is from another feed, or from before its table was made again.',
  };
};

const EXPIRED: ConnectionEnd = { reason: 'PositionExpired', message: 'The position is older than 24 hours.' };

const sendMissed = async (
  parts: SubscriptionParts,
  connectionId: string,
  interest: GatewayInterest,
  start: LogPosition,
  last: number,
): Promise<ConnectionEnd | undefined> => {
  const wants = matcherOf(interest);
  const end = performance.now() + TIMES.gatewayCatchUp;
  let next = start.entry;
  for await (const page of parts.log.read(start.entry, last)) {
    for (const entries of inGroups(page)) {
      // Entries expire with time, the oldest first, or in any order.
      if (entries.some(({ number }, index) => number !== next + index)) return EXPIRED;
      next += entries.length;
      const outgoing = await parts.events.outgoing(start.logId, entries, wants);
      const events = [...outgoing].flatMap(([number, found]) =>
        number === start.entry ? found.filter(({ done }) => done > start.done) : found,
      );
      for (const message of eventMessages('missed', events)) {
        if ((await parts.poster.post(connectionId, message)) !== 'sent') return { reason: 'Restart' };
        // It comes back, and goes on where it is.
        if (performance.now() > end) return { reason: 'Restart' };
      }
    }
  }
  return next <= last ? EXPIRED : undefined;
};

/** Entries whose events are read together: so many that it is fast, and so few that they fit into the memory. */
const GROUP_EVENTS = 500;

function* inGroups(entries: readonly LogEntry[]): Generator<LogEntry[]> {
  let group: LogEntry[] = [];
  let count = 0;
  for (const entry of entries) {
    group.push(entry);
    count += entry.runs.reduce((sum, { types }) => sum + types.length, 0);
    if (count < GROUP_EVENTS) continue;
    yield group;
    group = [];
    count = 0;
  }
  if (group.length > 0) yield group;
}
