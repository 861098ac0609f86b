import type { EventDetail, OptionalTimestamp } from '@castore/core';
import { checkCanonicalInstant, checkObject, InvalidArgumentError, refuse } from '@castore-dynamodb/commons';

import { checkAggregateId, checkVersion } from '../checks.js';
import type { Layout } from '../layout.js';

const EVENT_MEMBERS = ['aggregateId', 'version', 'type', 'timestamp', 'payload', 'metadata'];

/** An event as it was given: its members, and nothing that could change or hide them. */
export type GivenEvent = Omit<EventDetail, 'timestamp'> & { timestamp: string | undefined };

/**
 * Checks everything about an event but its payload and metadata, which the codec checks as it encodes them. Returns the
 * members that were checked, each read once: they may be getters, or members of a class, which a copy would lose.
 */
export const checkEvent = (
  layout: Layout,
  eventStoreId: string,
  event: OptionalTimestamp<EventDetail>,
  argument: string,
): GivenEvent => {
  checkObject(event, argument);
  const { aggregateId, version, type, timestamp, payload, metadata } = event;
  checkAggregateId(layout, eventStoreId, aggregateId, `${argument}.aggregateId`);
  checkVersion(version, `${argument}.version`);
  // The index sorts aggregates by this text: in one form for all, that is the order of the instants.
  if (timestamp !== undefined) checkCanonicalInstant(timestamp, `${argument}.timestamp`);
  if (typeof type !== 'string' || !type.isWellFormed()) {
    refuse(`${argument}.type`, 'a string with an encoding in UTF-8', type);
  }
  for (const member of Object.keys(event)) {
    if (!EVENT_MEMBERS.includes(member) && event[member as keyof typeof event] !== undefined) {
      throw new InvalidArgumentError(
        `${argument}.${member}`,
        `an event has only ${EVENT_MEMBERS.join(', ')}: put it into metadata.`,
      );
    }
  }
  return { aggregateId, version, type, timestamp, payload, metadata };
};
