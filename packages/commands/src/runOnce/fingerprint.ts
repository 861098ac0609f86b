import { createHash } from 'node:crypto';

import { canonicalJson } from '@castore-dynamodb/commons';

/**
 * SHA-256 of an input or of what names it, in hexadecimal: the same for equal ones, in whichever order the members of an
 * object are.
 *
 * @throws InvalidArgumentError for input that cannot be compared with the next call's.
 */
export const hashOf = (...values: unknown[]): string =>
  createHash('sha256')
    .update(values.map(value => canonicalJson(value, 'input')).join('\n'))
    .digest('hex');
