import { cutText } from '@castore-dynamodb/commons';
import type { ParkedAggregate } from '@castore-dynamodb/streams';

import { eventRow } from '../../output/eventRow.js';
import { payloadCell } from '../../output/payloads.js';
import type { Row } from '../../output/printer.js';
import type { ParkedEvent } from '../../projections/parkedEvent.js';
import type { GlobalOptions } from '../command.js';

export const PARKED_HEAD = ['projection', 'event store', 'aggregate', 'version', 'since', 'error', 'event', 'payload'];

const MESSAGE_CUT_AT = 120;

/** A parked aggregate with its event. What was thrown may quote the event, so its message is redacted with the payload. */
export const parkedRow = (
  projection: string,
  { error: { name, message }, ...parked }: ParkedAggregate,
  { event, unreadable }: ParkedEvent,
  { redact }: Pick<GlobalOptions, 'redact'>,
): Row => {
  const view = redact ? 'shape' : 'cut';
  const shown = event && eventRow(event, redact ? 'shape' : 'whole').data;
  return {
    data: {
      projection,
      ...parked,
      error: redact ? { name } : { name, message },
      event: shown ?? null,
      ...(unreadable !== undefined && { unreadable }),
    },
    cells: [
      projection,
      parked.eventStoreId,
      parked.aggregateId,
      String(parked.version),
      parked.parkedAt,
      cutText(redact ? name : `${name}: ${message}`, MESSAGE_CUT_AT),
      event?.type ?? unreadable ?? 'no such event',
      payloadCell(event?.payload, view),
    ],
  };
};
