import { isNamed, memberOf } from '@castore-dynamodb/commons';
import type { DeserializeHandlerOutput } from '@smithy/types';

import { hasLostMembers } from '../codec/decodeValue.js';
import type { Item } from '../codec/eventItem.js';
import { reviveMembers } from '../codec/itemJson.js';
import { collectBody } from '../codec/responseBody.js';

/*
 * What a failed condition hands back, members named `__proto__` too. The SDK (seen in 3.1162) empties those as it
 * reads an error, and then throws a TypeError over them in the error's place. So if a refusal may have one, its items are
 * taken out of the answer before the SDK reads it.
 */

interface Refused {
  Item?: Item;
}

/** What there is to see of a refusal: in the body of the answer as in the SDK's error. */
interface Refusal extends Refused {
  CancellationReasons?: Refused[];
}

/** By the answer, which the SDK hangs on its errors: a client may share a middleware's closure between its calls. */
const takenItems = new WeakMap<object, readonly (Item | undefined)[]>();

/** The item that was found in the place of the write at `index`. */
export const refusedItem = (error: unknown, index = 0): Item | undefined => {
  const { Item: item, CancellationReasons: reasons, $response: answer } = error as Refusal & { $response?: object };
  const taken = answer && takenItems.get(answer);
  return taken === undefined ? (reasons?.[index]?.Item ?? item) : taken[index];
};

/** What DynamoDB hands back is an event: as little of it as of `winningEvent` is for a logger to print. */
export const hideRefusedItems = (error: unknown): void => {
  for (const refused of refusedWrites(error)) {
    // Of an error that is frozen it stays enumerable.
    if (memberOf(refused, 'Item') !== undefined)
      Reflect.defineProperty(refused as object, 'Item', { enumerable: false });
  }
};

/**
 * Whether a write by the SDK's own command was refused, and what a member named `__proto__` held got lost: older versions
 * leave it out, newer ones throw a TypeError.
 */
export const isMisread = (error: unknown): boolean => isMisreadAsTypeError(error) || refusedWrites(error).some(isLost);

const isLost = (refused: unknown): boolean => {
  const item = memberOf(refused, 'Item') as Item | null | undefined;
  return item ? hasLostMembers(item) : false;
};

/** All that may hold an item: the error of a put, and the reasons of a transaction's. */
const refusedWrites = (error: unknown): unknown[] => {
  const reasons = memberOf(error, 'CancellationReasons');
  return Array.isArray(reasons) ? [error, ...reasons] : [error];
};

const isMisreadAsTypeError = (error: unknown): boolean =>
  isNamed(error, 'TypeError') && memberOf(memberOf(error, '$response'), 'statusCode') === 400;

/** Whether a put was refused because its condition does not hold. */
export const isRefused = (error: unknown): boolean =>
  isNamed(error, 'ConditionalCheckFailedException') || isMisreadAsTypeError(error);

/** A middleware for right after the SDK's deserialiser. */
export const takeItemsOutOfRefusals =
  <ARGS, OUTPUT extends object>(next: (args: ARGS) => Promise<DeserializeHandlerOutput<OUTPUT>>) =>
  async (args: ARGS): Promise<DeserializeHandlerOutput<OUTPUT>> => {
    const result = await next(args);
    const answer = result.response as { statusCode?: number; body?: unknown };
    if (answer.statusCode !== 400) return result;

    const body = await collectBody(answer.body);
    if (body === undefined) return result;
    const refusal = parseRefusal(body);
    if (refusal !== undefined) takenItems.set(answer, (refusal.CancellationReasons ?? [refusal]).map(takeItem));
    answer.body = refusal === undefined ? body : Buffer.from(JSON.stringify(refusal));
    return result;
  };

const parseRefusal = (body: Buffer): Refusal | undefined => {
  if (!body.includes('"__proto__"')) return undefined;
  try {
    return JSON.parse(body.toString()) as Refusal;
  } catch {
    return undefined;
  }
};

const takeItem = (refused: Refused): Item | undefined => {
  const { Item: item } = refused;
  delete refused.Item;
  if (item !== undefined) reviveMembers(item);
  return item;
};
