/**
 * Where an event stands among all: by time, and by these where the time is the same. The time is the latest timestamp of the
 * aggregate's events up to this one, which is the event's own unless a clock ran backwards: so an aggregate's events are in
 * version order whatever their timestamps say.
 */
export interface EventPlace {
  readonly time: string;
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
}

export const comparePlaces = (left: EventPlace, right: EventPlace): number =>
  compare(left.time, right.time) ||
  compare(left.eventStoreId, right.eventStoreId) ||
  compare(left.aggregateId, right.aggregateId) ||
  left.version - right.version;

export const compare = (left: string, right: string): number => (left === right ? 0 : left < right ? -1 : 1);
