import { createHash } from 'node:crypto';
import { types } from 'node:util';

import type { EventDetail } from '@castore/core';

/** Tells an event from any other that could be stored in its place; 22 characters. */
export const fingerprint = ({ aggregateId, version, type, timestamp, payload, metadata }: EventDetail): string =>
  createHash('sha256')
    .update(JSON.stringify(canonical([aggregateId, version, type, timestamp, payload, metadata])))
    .digest()
    .subarray(0, 16)
    .toString('base64url');

/** The same for equal values, in whichever order DynamoDB hands out the members of maps and sets. */
const canonical = (value: unknown): unknown => {
  if (typeof value === 'bigint') return { bigint: String(value) };
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(canonical);
  if (types.isUint8Array(value)) return { bytes: Buffer.from(value).toString('base64') };
  if (types.isDate(value)) return { date: value.getTime() };
  const entries = types.isSet(value)
    ? [...value].map(member => JSON.stringify(canonical(member)))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => JSON.stringify([key, canonical(member)]));
  return { entries: entries.toSorted() };
};
