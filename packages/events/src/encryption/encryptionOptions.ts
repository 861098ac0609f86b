import type { EventDetail } from '@castore/core';
import type { TransformationContext } from '@castore-dynamodb/adapter';
import {
  checkFunction,
  checkOptions,
  checkPlainObject,
  checkString,
  formatPath,
  InvalidArgumentError,
  memberOf,
  type OptionNames,
  refuse,
  type ValuePath,
} from '@castore-dynamodb/commons';

import { EventTransformationError } from '../errors.js';
import { type FieldPath, overlap, parseFieldPath } from './fieldPath.js';
import type { SubjectKeys } from './subjectKeys.js';

export interface EncryptionOptions {
  /** `DynamoDbSubjectKeys`. */
  keys: SubjectKeys;
  /**
   * Whom an event is about: what is encrypted of it can be forgotten with all else about that subject. Undefined if it is
   * about nobody; the event is then stored as it is. Called with the event as it will be stored, which it must not change: on
   * pushes, and on `redactEvent` if nothing of the stored event is encrypted, or its subject was forgotten; it then sees what is
   * read in place of forgotten values. Any other redacted event stays encrypted for the subject that it was stored with.
   *
   * An opaque id is best: who can guess ids can find out which events are about which.
   */
  subjectOf: (event: EventDetail, context: TransformationContext) => string | undefined;
  /**
   * By event store and event type, what is encrypted: `payload.name`, `payload.items[*].name`, `payload["unit price"]`, all
   * of it with `payload` or `metadata`; nothing with an empty list. A path that leads to nothing in an event is passed over.
   *
   * @default for every type that is not listed, the whole payload
   */
  fields?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> | undefined;
  /**
   * What is read in place of a value whose subject was forgotten. `path` is where: `payload.items[2].name`. Undefined leaves
   * out a member of an object; an element of an array reads null, so that the others keep their places.
   *
   * @default () => null
   */
  forgotten?: ((path: string) => unknown) | undefined;
}

const OPTIONS = { keys: true, subjectOf: true, fields: true, forgotten: true } satisfies OptionNames<EncryptionOptions>;

export const FORGOTTEN = 'options.forgotten of encryption';

/** Of types that are not listed. */
const WHOLE_PAYLOAD: readonly FieldPath[] = [['payload']];

const checkedSubjectOf =
  (subjectOf: EncryptionOptions['subjectOf']) =>
  (event: EventDetail, context: TransformationContext): string | undefined => {
    let subjectId: unknown;
    try {
      subjectId = subjectOf(event, context);
    } catch (error) {
      throw new EventTransformationError({ ...event, ...context }, 'options.subjectOf of encryption', error);
    }
    if (subjectId === undefined) return undefined;
    // A promise is no subject, and its rejection would end the process if nobody took it.
    Promise.resolve(subjectId).catch(() => {});
    // Without the value, which may be somebody's: checkString would show its beginning.
    if (typeof subjectId !== 'string') {
      throw new InvalidArgumentError(
        'options.subjectOf()',
        'expected a string, or undefined if the event is about nobody.',
      );
    }
    checkString(subjectId, 'options.subjectOf()');
    return subjectId;
  };

/** What is to happen if a function of the user's throws. */
type OnFailure = (cause: unknown) => never;

/** What is read in place of a forgotten value. No element of an array is left out, or the others would change places. */
const insteadOfForgotten =
  (forgotten: (path: string) => unknown) =>
  (path: ValuePath, onFailure: OnFailure): unknown => {
    let value: unknown;
    try {
      value = forgotten(formatPath(path));
    } catch (error) {
      return onFailure(error);
    }
    // Nobody would wait for a promise in the middle of an event.
    if (typeof memberOf(value, 'then') === 'function') {
      Promise.resolve(value).catch(() => {});
      throw new InvalidArgumentError('options.forgotten()', 'expected a value, got a promise: it must be synchronous.');
    }
    return value === undefined && typeof path.at(-1) === 'number' ? null : value;
  };

/** @throws InvalidArgumentError */
export const resolveOptions = (options: EncryptionOptions) => {
  checkOptions(options, 'options', OPTIONS);
  const { keys, subjectOf, fields = {}, forgotten = () => null } = options;
  if (typeof keys?.keyFor !== 'function' || typeof keys.keyOf !== 'function') {
    refuse('options.keys', 'DynamoDbSubjectKeys', keys);
  }
  checkFunction(subjectOf, 'options.subjectOf');
  checkFunction(forgotten, 'options.forgotten');
  checkPlainObject(fields, 'options.fields');
  const paths = new Map(
    Object.entries(fields).map(([eventStoreId, types]) => {
      checkPlainObject(types, `options.fields.${eventStoreId}`);
      const ofTypes = Object.entries(types).map(
        ([type, list]) => [type, parsePaths(list, `options.fields.${eventStoreId}.${type}`)] as const,
      );
      return [eventStoreId, new Map(ofTypes)] as const;
    }),
  );
  const fieldsOf = (type: string, { eventStoreId }: TransformationContext): readonly FieldPath[] =>
    paths.get(eventStoreId)?.get(type) ?? WHOLE_PAYLOAD;
  return { keys, subjectOf: checkedSubjectOf(subjectOf), insteadOf: insteadOfForgotten(forgotten), fieldsOf };
};

/** Paths of which one leads into what another one encrypts would mean two things. */
const parsePaths = (list: unknown, argument: string): readonly FieldPath[] => {
  if (!Array.isArray(list)) return refuse(argument, 'an array of paths', list);
  // A hole is no path.
  const paths = [...list].map((path, index) => parseFieldPath(path, `${argument}[${index}]`));
  paths.forEach((path, index) => {
    const earlier = paths.slice(0, index).findIndex(each => overlap(each, path));
    if (earlier === -1) return;
    throw new InvalidArgumentError(
      `${argument}[${index}]`,
      `${argument}[${earlier}] overlaps with it: leave out the longer one.`,
    );
  });
  return paths;
};
