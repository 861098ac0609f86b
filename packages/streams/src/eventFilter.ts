import type { TableEvent } from '@castore-dynamodb/adapter';
import { CANONICAL_INSTANT, checkList, checkString, parseInstant } from '@castore-dynamodb/commons';

/** Which events are looked for: these types, these times. */
export interface EventFilter {
  readonly eventTypes: readonly string[] | undefined;
  /** Instants in the form of `toISOString`, both inclusive. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** The filter in some options. @throws InvalidArgumentError */
export const parseEventFilter = ({ eventTypes, from, to }: { [NAME in keyof EventFilter]?: unknown }): EventFilter => {
  if (eventTypes !== undefined) {
    checkList(eventTypes, 'eventTypes', 'event type');
    for (const type of eventTypes as unknown[]) checkString(type, 'eventTypes');
  }
  return {
    eventTypes: eventTypes as EventFilter['eventTypes'],
    from: from === undefined ? undefined : parseInstant(from, 'from', 'up'),
    to: to === undefined ? undefined : parseInstant(to, 'to'),
  };
};

/** @throws InvalidArgumentError */
export const parseSince = (since: unknown): string | undefined =>
  since === undefined ? undefined : parseInstant(since, 'since', 'up');

/** The instant of an event's timestamp, which may have any form; undefined if it is none. */
export const instantOf = (timestamp: string, rounding?: 'down' | 'up'): string | undefined => {
  if (CANONICAL_INSTANT.test(timestamp)) return timestamp;
  try {
    return parseInstant(timestamp, 'timestamp', rounding);
  } catch {
    return undefined;
  }
};

/** Whether an event is known to be before an instant. Of a timestamp that is no instant, that is not known. */
export const isBefore = (timestamp: string, start: string | undefined): boolean =>
  start !== undefined && (instantOf(timestamp, 'up') ?? start) < start;

const isAfter = (timestamp: string, end: string | undefined): boolean =>
  end !== undefined && (instantOf(timestamp) ?? end) > end;

/**
 * Whether a stored event is looked for. Asked of what the table says, so that an event that cannot be read has an answer too. An
 * event whose timestamp is no instant is looked for, whatever the times are: nothing is left out by mistake.
 *
 * @param type that of today, if the event can be read: it may have been renamed since it was stored
 */
export const isWanted = (
  { eventTypes, from, to }: EventFilter,
  { timestamp, type: storedType }: Pick<TableEvent, 'timestamp' | 'type'>,
  type = storedType,
): boolean =>
  (eventTypes === undefined || eventTypes.includes(type)) && !isBefore(timestamp, from) && !isAfter(timestamp, to);
