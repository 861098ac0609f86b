import type { EventDetail } from '@castore/core';

import { type PayloadView, payloadCell, shapeOf } from './payloads.js';
import type { Row } from './printer.js';

/** The columns of `eventRow`. */
export const EVENT_COLUMNS = ['version', 'timestamp', 'type', 'payload', 'metadata'];

/** An event, wherever it is shown. */
export const eventRow = (event: EventDetail, view: PayloadView): Row => {
  const { version, timestamp, type, payload, metadata } = event;
  const shown = (value: unknown) => (view === 'shape' ? shapeOf(value) : value);
  return {
    data: {
      ...event,
      ...(payload !== undefined && { payload: shown(payload) }),
      ...(metadata !== undefined && { metadata: shown(metadata) }),
    },
    cells: [String(version), timestamp, type, payloadCell(payload, view), payloadCell(metadata, view)],
  };
};
