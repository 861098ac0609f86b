import { describeError, hasCode, isNamed, isThrottled, memberOf } from '@castore-dynamodb/commons';

import { failureOf } from '../errors.js';
import type { Problem } from './api.js';

/** What goes wrong, for the place in the page where it does: what happened, and what to do about it. */
export const problemOf = (error: unknown): Problem => {
  const { name } = describeError(error);
  const advice = adviceOn(error);
  return { code: name, message: failureOf(error).message, ...(advice !== undefined && { advice }) };
};

const ADVICE_BY_CODE: Readonly<Record<string, string>> = {
  ReadBudgetError: 'Each view may read so much. Ask for less, or start the explorer with a higher --max-read-units.',
  UnreadableEventError:
    'It is shown as it is stored. If a transformation is missing (encryption, large events, newer versions), start the explorer with a configuration whose adapter has it.',
  StreamNotReadableError:
    'Live events need a stream of new images. Switch it on where the table is deployed; castore-dynamodb tail says how.',
  InvalidPageTokenError: 'Go back to the first page.',
  ReadOnlyError: 'Something in the configuration wanted to write. Nothing was written.',
};

const adviceOn = (error: unknown): string | undefined => {
  if (isNamed(error, 'AccessDeniedException')) {
    return 'castore-dynamodb iam getEvents listAggregateIds describeEventTable --table-arn ARN prints the policy that the explorer needs.';
  }
  if (isThrottled(error)) {
    return 'The table is busy, and the explorer is part of its load. Wait for some seconds, then try again.';
  }
  if (isNamed(error, 'ResourceNotFoundException')) return 'Check --table, --region, --profile and --endpoint-url.';
  const [, advice] = Object.entries(ADVICE_BY_CODE).find(([code]) => hasCode(error, code)) ?? [];
  if (advice !== undefined) return advice;
  const isForeign = memberOf(error, '$metadata') === undefined && memberOf(error, 'code') === undefined;
  return isForeign ? 'It may come from code of the configuration, such as a reducer or an upcaster.' : undefined;
};
