import { EVENT_TABLE_ENCODING_KEY, EVENT_TABLE_PAYLOAD_KEY } from '@castore-dynamodb/table';

import type { StoredEvent } from './storedEvent.js';

/** What is not moved with the events, or lies elsewhere. */
export interface Remainder {
  snapshot: number;
  foreign: number;
  /** Events whose content is an object in S3. */
  inS3: number;
  /** Events that are encrypted with keys of their subjects. */
  encrypted: number;
}

export const noteEvent = (remainder: Remainder, { attributes }: StoredEvent): void => {
  const encodings = attributes[EVENT_TABLE_ENCODING_KEY]?.S?.split(',') ?? [];
  if (encodings.includes('encryption')) remainder.encrypted += 1;
  if (encodings.includes('largeEvents') && attributes[EVENT_TABLE_PAYLOAD_KEY]?.M?.['object'] !== undefined) {
    remainder.inS3 += 1;
  }
};

/** A sentence for each thing that whoever moves events has to see to. */
export const remainderInWords = ({ snapshot, foreign, inS3, encrypted }: Remainder): string[] => [
  ...(snapshot === 0 ? [] : [`${snapshot} items of snapshots are left out: build snapshots anew.`]),
  ...(foreign === 0 ? [] : [`${foreign} items that are no events are left out.`]),
  ...(inS3 === 0
    ? []
    : [
        `${inS3} events have their content in S3: the objects stay where they are, and the target's adapters need that bucket.`,
      ]),
  ...(encrypted === 0
    ? []
    : [`${encrypted} events are encrypted: to read them takes the table of their subjects' keys, which is not moved.`]),
];
