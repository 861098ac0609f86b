import { EVENT_TABLE_METADATA_KEY, EVENT_TABLE_PAYLOAD_KEY, EVENT_TABLE_REDACTIONS_KEY } from '@castore-dynamodb/table';

import type { Item } from '../codec/eventItem.js';

/** On the item of an event that was changed after it was stored: what was done to it. Absent from all other items. */
export const REDACTIONS_KEY = EVENT_TABLE_REDACTIONS_KEY;

/** What was done to a stored event. It is kept on the event's item. */
export interface Redaction {
  /** `erased`: the event has neither payload nor metadata any more. `redacted`: it has others. */
  readonly kind: 'redacted' | 'erased';
  /** When, ISO 8601. */
  readonly at: string;
  readonly reason: string;
  /** The places outside of the table that hold its former content, as its transformations name them: `s3://bucket/key`. */
  readonly references: readonly string[];
}

/** What was done to the event of an item, the latest at the end. What is not as this package writes it is left out. */
export const redactionsIn = (item: Item): Redaction[] =>
  (item[REDACTIONS_KEY]?.L ?? []).flatMap(({ M: redaction = {} }) => {
    const { kind, at, reason, references } = redaction;
    if ((kind?.S !== 'redacted' && kind?.S !== 'erased') || at?.S === undefined || reason?.S === undefined) return [];
    const list = (references?.L ?? []).map(({ S: reference }) => reference).filter(text => text !== undefined);
    return [{ kind: kind.S, at: at.S, reason: reason.S, references: list }];
  });

/** Whether nothing is left of an event but that it happened. */
export const isErased = (item: Item): boolean =>
  item[REDACTIONS_KEY] !== undefined &&
  item[EVENT_TABLE_PAYLOAD_KEY] === undefined &&
  item[EVENT_TABLE_METADATA_KEY] === undefined &&
  redactionsIn(item).some(({ kind }) => kind === 'erased');

/** The item's list with one more. The id tells it from any other, if the answer to its write is lost. */
export const withRedaction = (item: Item, id: string, { kind, at, reason, references }: Redaction): Item[string] => ({
  L: [
    ...(item[REDACTIONS_KEY]?.L ?? []),
    {
      M: {
        id: { S: id },
        kind: { S: kind },
        at: { S: at },
        reason: { S: reason },
        ...(references.length > 0 && { references: { L: references.map(reference => ({ S: reference })) } }),
      },
    },
  ],
});

export const hasRedaction = (item: Item | undefined, id: string): boolean =>
  item?.[REDACTIONS_KEY]?.L?.some(({ M: redaction }) => redaction?.['id']?.S === id) ?? false;
