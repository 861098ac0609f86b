import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  checkClient,
  checkFunction,
  checkInteger,
  checkObject,
  checkOptions,
  checkPositiveNumber,
  checkString,
  type OptionNames,
  refuse,
} from '@castore-dynamodb/commons';

import type { KeyWrapping } from './keyWrapping.js';

export interface DynamoDbSubjectKeysOptions {
  /** A table with the string keys `pk` and `sk`, as `createProjectionTable` makes it; best one for the keys alone. */
  tableName: string;
  dynamoDbClient: DynamoDBClient;
  /** What wraps new keys: `kmsWrapping` or `localWrapping`. */
  wrapping: KeyWrapping;
  /** What has wrapped older keys, until `rewrap` has gone through all of them. @default none */
  formerWrappings?: readonly KeyWrapping[] | undefined;
  /** How many keys are kept in memory, and for how long at most. @default 1,000 keys, 300 seconds */
  cache?: SubjectKeyCacheOptions | undefined;
}

export interface SubjectKeyCacheOptions {
  /** @default 1000 */
  entries?: number | undefined;
  /** Up to a day. So long may a subject that another process forgot still be read, and written, in this one. @default 300 */
  seconds?: number | undefined;
}

export const DEFAULT_ENTRIES = 1000;
export const DEFAULT_SECONDS = 300;
const MAX_SECONDS = 86_400;

const OPTIONS = {
  tableName: true,
  dynamoDbClient: true,
  wrapping: true,
  formerWrappings: true,
  cache: true,
} satisfies OptionNames<DynamoDbSubjectKeysOptions>;

const CACHE_OPTIONS = { entries: true, seconds: true } satisfies OptionNames<SubjectKeyCacheOptions>;

/** @throws InvalidArgumentError */
export const checkSubjectKeysOptions = (options: DynamoDbSubjectKeysOptions): void => {
  checkOptions(options, 'options', OPTIONS);
  const { tableName, dynamoDbClient, wrapping, formerWrappings = [], cache = {} } = options;
  checkString(tableName, 'options.tableName');
  checkClient(dynamoDbClient, 'options.dynamoDbClient');
  checkWrapping(wrapping, 'options.wrapping');
  if (!Array.isArray(formerWrappings)) refuse('options.formerWrappings', 'an array of wrappings', formerWrappings);
  [...formerWrappings].forEach((each, index) => checkWrapping(each, `options.formerWrappings[${index}]`));
  checkOptions(cache, 'options.cache', CACHE_OPTIONS);
  if (cache.entries !== undefined) checkInteger(cache.entries, 'options.cache.entries');
  if (cache.seconds === undefined) return;
  checkPositiveNumber(cache.seconds, 'options.cache.seconds');
  if (cache.seconds > MAX_SECONDS) refuse('options.cache.seconds', `at most ${MAX_SECONDS}`, cache.seconds);
};

const checkWrapping = (wrapping: KeyWrapping, argument: string): void => {
  checkObject(wrapping, argument);
  checkString(wrapping.name, `${argument}.name`);
  for (const method of ['generate', 'wrap', 'unwrap'] as const)
    checkFunction(wrapping[method], `${argument}.${method}`);
};
