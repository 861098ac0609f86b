import type { AttributeValue } from '@aws-sdk/client-dynamodb';

import { InexactValueError } from '../errors/index.js';
import { checkKeyString, checkObject } from '../events/checkEvent.js';
import { decodeValue, NotReadable } from './decodeValue.js';
import { encodeValue, NotStorable } from './encodeValue.js';
import { formatPath } from './path.js';

/**
 * A value as the adapters store it in an event; for what lies beside events and must come back as it was.
 *
 * @param name What errors call the value.
 * @throws InexactValueError where DynamoDB could not give it back as it is.
 */
export const toStoredValue = (value: unknown, name: string): AttributeValue => {
  checkKeyString(name, 'name');
  try {
    return encodeValue(value, name).attributeValue;
  } catch (error) {
    if (error instanceof NotStorable) throw new InexactValueError(formatPath(error.path), error.reason);
    throw error;
  }
};

/**
 * The value that `toStoredValue` made it from.
 *
 * @param name What errors call the value.
 * @throws InexactValueError where somebody else stored a value that JavaScript cannot hold.
 */
export const fromStoredValue = (storedValue: AttributeValue, name: string): unknown => {
  checkObject(storedValue, 'storedValue');
  checkKeyString(name, 'name');
  try {
    return decodeValue(storedValue, name);
  } catch (error) {
    if (error instanceof NotReadable) throw new InexactValueError(formatPath(error.path), error.reason);
    throw error;
  }
};
