import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** Whether a key named `__proto__` is anywhere in an item, which most versions of the SDK leave out of a request. */
export const hasProtoKey = (members: Record<string, AttributeValue>): boolean =>
  Object.keys(members).includes('__proto__') || Object.values(members).some(isWithin);

const isWithin = ({ M: members, L: elements }: AttributeValue): boolean =>
  (members !== undefined && hasProtoKey(members)) || (elements?.some(isWithin) ?? false);
