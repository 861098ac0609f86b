import type { EventStoreContext, ListAggregateIdsOptions } from '@castore/core';
import {
  checkBoolean,
  checkInteger,
  checkObject,
  checkOptions,
  type OptionNames,
  parseInstant,
} from '@castore-dynamodb/commons';

import { checkEventStoreId } from '../checks.js';
import type { EventStorage } from '../eventStorage.js';
import { type ListOptions, type ListPosition, parsePageToken } from './pageToken.js';

/** Which aggregates are wanted, once all of it was checked and the page token was read. */
export interface ListQuery {
  readonly eventStoreId: string;
  readonly options: ListOptions;
  readonly position: ListPosition | undefined;
}

const OPTIONS = {
  limit: true,
  initialEventAfter: true,
  initialEventBefore: true,
  reverse: true,
  pageToken: true,
} satisfies OptionNames<ListAggregateIdsOptions>;

/**
 * Options given win over those that the token carries along. The bounds become the form of `toISOString`, in which events
 * have their timestamps and in which the index sorts them; what is finer than a millisecond is rounded into the range.
 *
 * @throws InvalidArgumentError, InvalidPageTokenError
 */
export const checkListQuery = (
  { layout }: EventStorage,
  context: EventStoreContext,
  input: ListAggregateIdsOptions = {},
): ListQuery => {
  checkObject(context, 'context');
  checkOptions(input, 'options', OPTIONS);
  const { eventStoreId } = context;
  checkEventStoreId(layout, eventStoreId, 'context.eventStoreId');

  const { pageToken } = input;
  const token = pageToken === undefined ? undefined : parsePageToken(layout, eventStoreId, pageToken);
  const options: Record<string, unknown> = {};
  for (const [name, check] of Object.entries(CHECKS)) {
    const given = input[name as keyof ListOptions];
    const value = given === undefined ? token?.options[name as keyof ListOptions] : given;
    if (value !== undefined) options[name] = check(value, `options.${name}`) ?? value;
  }
  return { eventStoreId, options, position: token?.position };
};

/** Checks of each option, whoever gave it: a page token's may be forged. Those of an instant return how it is written. */
const CHECKS: Record<keyof ListOptions, (value: unknown, argument: string) => string | void> = {
  limit: checkInteger,
  initialEventAfter: (value, argument) => parseInstant(value, argument, 'up'),
  initialEventBefore: parseInstant,
  reverse: checkBoolean,
};
