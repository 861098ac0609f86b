import type { EventDetail } from '@castore/core';

import { type PayloadView, payloadCell, payloadWidth, shapeOf } from './payloads.js';
import type { Row } from './printer.js';

/** The columns of `eventRow`. */
export const EVENT_COLUMNS = ['version', 'timestamp', 'type', 'payload', 'metadata'];

/** An event, wherever it is shown, with payloads cut to what a terminal of so many columns has room for. */
export const eventRow = (event: EventDetail, view: PayloadView, columns?: number): Row => {
  const { version, timestamp, type, payload, metadata } = event;
  const shown = (value: unknown) => (view === 'shape' ? shapeOf(value) : value);
  const cell = (value: unknown) => payloadCell(value, view, payloadWidth(columns));
  return {
    data: {
      ...event,
      ...(payload !== undefined && { payload: shown(payload) }),
      ...(metadata !== undefined && { metadata: shown(metadata) }),
    },
    cells: [String(version), timestamp, type, cell(payload), cell(metadata)],
  };
};
