import { createHash } from 'node:crypto';

import type { EventDetail } from '@castore/core';
import { canonicalJson } from '@castore-dynamodb/commons';

/**
 * Tells an event from any other that could be stored in its place; 22 characters. The same for equal events, in whichever
 * order DynamoDB hands out the members of maps and sets.
 */
export const fingerprint = ({ aggregateId, version, type, timestamp, payload, metadata }: EventDetail): string =>
  createHash('sha256')
    .update(canonicalJson([aggregateId, version, type, timestamp, payload, metadata], 'event'))
    .digest()
    .subarray(0, 16)
    .toString('base64url');
