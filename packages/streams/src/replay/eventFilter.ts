import type { StoredItem } from '@castore-dynamodb/adapter';
import { EVENT_TABLE_EVENT_TYPE_KEY, EVENT_TABLE_TIMESTAMP_KEY } from '@castore-dynamodb/adapter';

/** Which events a replay looks for. */
export interface EventFilter {
  readonly eventTypes: readonly string[] | undefined;
  /** Timestamps, both inclusive. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Whether a stored event is looked for; asked of the item, so that it can be told of an event that cannot be read. */
export const isWanted = ({ eventTypes, from, to }: EventFilter, item: StoredItem): boolean => {
  const type = item[EVENT_TABLE_EVENT_TYPE_KEY]?.S ?? '';
  const timestamp = item[EVENT_TABLE_TIMESTAMP_KEY]?.S ?? '';
  return (
    (eventTypes === undefined || eventTypes.includes(type)) &&
    (from === undefined || timestamp >= from) &&
    (to === undefined || timestamp <= to)
  );
};
