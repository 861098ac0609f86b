import {
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_METADATA_KEY,
  EVENT_TABLE_PAYLOAD_KEY,
  EVENT_TABLE_TIMESTAMP_KEY,
} from '@castore-dynamodb/table';

import { ENCODING_KEY, type Item, PUSH_ID_KEY } from '../codec/eventItem.js';
import { hasProtoMember } from '../codec/itemJson.js';
import { REDACTIONS_KEY } from './redactions.js';

interface Condition {
  ConditionExpression: string;
  ExpressionAttributeNames: Record<string, string>;
  ExpressionAttributeValues: Item;
}

/** What tells an event from another one that was pushed in its place: a push has an id of its own. */
const IDENTITY = [PUSH_ID_KEY, REDACTIONS_KEY];

/** One that was pushed with `force`, or by Castore's own adapters, has no id: then its content tells. */
const CONTENT = [
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_TIMESTAMP_KEY,
  EVENT_TABLE_PAYLOAD_KEY,
  EVENT_TABLE_METADATA_KEY,
  ENCODING_KEY,
];

/** That an item is there, and is the one that was read. */
export const asRead = (item: Item): Condition => {
  const clauses: string[] = [];
  const names: Record<string, string> = {};
  const values: Item = {};
  for (const name of item[PUSH_ID_KEY] === undefined ? [...IDENTITY, ...CONTENT] : IDENTITY) {
    const value = item[name];
    // The SDK would leave such members out of the request, and the condition would never hold.
    if (value !== undefined && hasProtoMember({ [name]: value })) continue;
    names[`#${name}`] = name;
    if (value === undefined) {
      clauses.push(`attribute_not_exists(#${name})`);
    } else {
      clauses.push(`#${name} = :${name}`);
      values[`:${name}`] = value;
    }
  }
  return {
    ConditionExpression: clauses.join(' and '),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
};
