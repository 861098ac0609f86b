import { describeError, hasCode, isNamed, isThrottled, memberOf } from '@castore-dynamodb/commons';

import { deniedActionOf, failureOf, isNoAnswerOfAws, isWithoutCredentials } from '../errors.js';
import type { Problem } from './api.js';

/** What goes wrong, for the place in the page where it does: what happened, and what to do about it. */
export const problemOf = (error: unknown): Problem => {
  const { name } = describeError(error);
  const code = memberOf(error, 'code');
  const advice = adviceOn(error);
  return {
    // Of Node's errors the code says more.
    code: name === 'Error' && typeof code === 'string' ? code : name,
    message: failureOf(error).message,
    ...(advice !== undefined && { advice }),
  };
};

const UNREADABLE =
  'It is shown as it is stored. If a transformation is missing (encryption, large events, newer versions), start the explorer with a configuration whose adapter has it.';

const UNREACHABLE =
  'There is no answer, or only part of one. Check --endpoint-url, --region and the network, then try again.';

const ADVICE_BY_CODE: Readonly<Record<string, string>> = {
  ReadBudgetError:
    'Each view has this read budget. Ask for less, or start the explorer with a higher --max-read-units.',
  UnreadableEventError: UNREADABLE,
  InvalidEventError:
    'It is shown as it is stored. The schema or an upcaster of the configuration does not take it: mend these, then start the explorer again.',
  StreamNotReadableError:
    'Live events need a stream of new images. Switch it on where the table is deployed; castore-dynamodb tail says how.',
  InvalidPageTokenError: 'Go back to the first page.',
  ReadOnlyError: 'Something in the configuration wanted to write. Nothing was written.',
  ECONNREFUSED: UNREACHABLE,
  ECONNRESET: UNREACHABLE,
  ENOTFOUND: UNREACHABLE,
  ETIMEDOUT: UNREACHABLE,
  EPIPE: UNREACHABLE,
  DeadlineExceededError: UNREACHABLE,
  IncompleteAnswerError: UNREACHABLE,
};

const ADVICE_BY_ACTION: Readonly<Record<string, string>> = {
  'dynamodb:Scan':
    'It finds the event stores of a table that no configuration lists, on the index initialEvents, and takes a sample for Health. Without it, event stores open by their ids.',
  ...Object.fromEntries(
    ['DescribeStream', 'GetShardIterator', 'GetRecords'].map(action => [
      `dynamodb:${action}`,
      'Live events need dynamodb:DescribeStream, dynamodb:GetShardIterator and dynamodb:GetRecords on the stream of the table.',
    ]),
  ),
};

const POLICY =
  'castore-dynamodb iam getEvents listAggregateIds describeEventTable --table-arn ARN prints the policy for event stores, aggregates and states. For other views, permit what the message names.';

const adviceOn = (error: unknown): string | undefined => {
  if (isNamed(error, 'AccessDeniedException')) return ADVICE_BY_ACTION[deniedActionOf(error) ?? ''] ?? POLICY;
  const [, general] = ADVICE_BY_KIND.find(([isOfKind]) => isOfKind(error)) ?? [];
  if (general !== undefined) return general;
  const [, advice] = Object.entries(ADVICE_BY_CODE).find(([code]) => hasCode(error, code)) ?? [];
  if (advice !== undefined) return advice;
  const isForeign = memberOf(error, '$metadata') === undefined && memberOf(error, 'code') === undefined;
  return isForeign ? 'It may come from code of the configuration, such as a reducer or an upcaster.' : undefined;
};

const ADVICE_BY_KIND: readonly (readonly [isOfKind: (error: unknown) => boolean, advice: string])[] = [
  [
    isWithoutCredentials,
    'Sign in again, then try again here. If that does not help, the explorer has the credentials that it began with: start it again. With the same --port, links stay as they are.',
  ],
  [isThrottled, 'The table is busy, and the explorer is part of its load. Wait for some seconds, then try again.'],
  [error => isNoAnswerOfAws(error) || isNamed(error, 'TimeoutError'), UNREACHABLE],
  [error => isNamed(error, 'ResourceNotFoundException'), 'Check --table, --region, --profile and --endpoint-url.'],
];
