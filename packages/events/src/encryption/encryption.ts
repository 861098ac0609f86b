import { isDeepStrictEqual } from 'node:util';

import type { EventDetail } from '@castore/core';
import {
  defineTransformation,
  type EventContent,
  type EventEncoding,
  type ProtectedContent,
  type TransformationContext,
  UnreadableEventError,
} from '@castore-dynamodb/adapter';
import {
  checkFunction,
  checkObject,
  checkOptions,
  checkString,
  formatPath,
  InvalidArgumentError,
  memberOf,
  type OptionNames,
  refuse,
  type ValuePath,
} from '@castore-dynamodb/commons';

import { SubjectForgottenError } from '../errors.js';
import { type FieldPath, overlap, parseFieldPath } from './fieldPath.js';
import { replaceAt, replaceBytes } from './fields.js';
import { protectionBy } from './protection.js';
import { escapeBytes, keyIdOfSealed, openValue, type Place, sealValue, unescapeBytes } from './sealedValue.js';
import type { SubjectKeys } from './subjectKeys.js';

export interface EncryptionOptions {
  /** `DynamoDbSubjectKeys`. */
  keys: SubjectKeys;
  /**
   * Whom an event is about: what is encrypted of it can be forgotten with all else about that subject. Undefined if it is
   * about nobody; the event is then stored as it is. Called on pushes only, with the event as it will be stored.
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
   * out a member.
   *
   * @default () => null
   */
  forgotten?: ((path: string) => unknown) | undefined;
}

const OPTIONS = { keys: true, subjectOf: true, fields: true, forgotten: true } satisfies OptionNames<EncryptionOptions>;

/** Of types that are not listed. */
const WHOLE_PAYLOAD: readonly FieldPath[] = [['payload']];

/**
 * A transformation that encrypts what events say about a subject, with a key of the subject's own: AES-256-GCM, bound to
 * event store, aggregate, version and path. When the key is forgotten, nobody can read it again; the events stay.
 *
 * Costs what its `keys` cost, and for each value that is encrypted 64 bytes and the name of its type (`{"S":"…"}`).
 *
 * A push for a subject that was forgotten fails with a `SubjectForgottenError`, and nothing is stored. A stored value that was
 * moved here from another event, or whose ciphertext was changed, makes an `UnreadableEventError`; one that names a key that
 * there is not, a `SubjectKeyError`.
 *
 * @throws InvalidArgumentError
 */
export const encryption = (options: EncryptionOptions): EventEncoding => {
  const { keys, subjectOf, forgotten, fieldsOf } = check(options);

  const encode = async (event: EventDetail, context: TransformationContext): Promise<ProtectedContent | undefined> => {
    const paths = fieldsOf(event.type, context);
    const subjectId = checkSubject(subjectOf(event, context));
    if (subjectId === undefined || paths.length === 0) return undefined;
    const key = await keys.keyFor(subjectId);
    if (key === undefined) {
      // What is read in place of forgotten values may be stored again with the rest of a redacted event.
      if (context.isRewrite === true && holdsOnlyForgotten(event, paths, forgotten)) return undefined;
      const { eventStoreId } = context;
      throw new SubjectForgottenError({ ...event, eventStoreId }, subjectId);
    }

    const sealed = new Set<Uint8Array>();
    const seal = (value: unknown, path: ValuePath): Uint8Array => {
      const bytes = sealValue(key, value, placeOf(event, context, path));
      sealed.add(bytes);
      return bytes;
    };
    let content: unknown = contentOf(event);
    for (const path of paths) content = replaceAt(content, path, seal);
    if (sealed.size === 0) return undefined;
    const stored = replaceBytes(content, bytes => (sealed.has(bytes) ? bytes : escapeBytes(bytes))) as EventContent;
    return { ...stored, subjects: [key.keyId] };
  };

  const decode = async (event: EventDetail, context: TransformationContext): Promise<ProtectedContent> => {
    const stored = contentOf(event);
    const keyIds = new Set<string>();
    replaceBytes(stored, bytes => {
      const keyId = keyIdOfSealed(bytes);
      if (keyId !== undefined) keyIds.add(keyId);
      return bytes;
    });
    const known = new Map(await Promise.all([...keyIds].map(async keyId => [keyId, await keys.keyOf(keyId)] as const)));
    const open = (bytes: Uint8Array, path: ValuePath): unknown => {
      const refuseValue = (reason: string): never => {
        throw new UnreadableEventError({ ...event, ...context }, formatPath(path), reason);
      };
      const keyId = keyIdOfSealed(bytes);
      if (keyId === undefined)
        return unescapeBytes(bytes) ?? refuseValue('it is encrypted in a way that is not known here.');
      const key = known.get(keyId);
      if (key === undefined) return checkForgotten(forgotten(formatPath(path)));
      const opened = openValue(key, bytes, placeOf(event, context, path));
      if (opened === undefined) return refuseValue('it was encrypted for another place, or was changed since.');
      return opened.value;
    };
    const subjects = [...keyIds].filter(keyId => known.get(keyId) !== undefined);
    return { ...(replaceBytes(stored, open) as EventContent), subjects };
  };

  return defineTransformation({ name: 'encryption', encode, decode, protection: protectionBy(keys) });
};

const contentOf = ({ payload, metadata }: EventDetail): EventContent => ({
  ...(payload === undefined ? {} : { payload }),
  ...(metadata === undefined ? {} : { metadata }),
});

const holdsOnlyForgotten = (
  event: EventDetail,
  paths: readonly FieldPath[],
  forgotten: (path: string) => unknown,
): boolean => {
  let isAll = true;
  const compare = (value: unknown, path: ValuePath): unknown => {
    isAll &&= isDeepStrictEqual(value, forgotten(formatPath(path)));
    return value;
  };
  for (const path of paths) replaceAt(contentOf(event), path, compare);
  return isAll;
};

const placeOf = (
  { aggregateId, version }: EventDetail,
  { eventStoreId }: TransformationContext,
  path: ValuePath,
): Place => ({ eventStoreId, aggregateId, version, path });

/** Nobody would wait for a promise in the middle of an event. */
const checkForgotten = (value: unknown): unknown => {
  if (typeof memberOf(value, 'then') !== 'function') return value;
  Promise.resolve(value).catch(() => {});
  throw new InvalidArgumentError('options.forgotten()', 'expected a value, got a promise.');
};

const checkSubject = (subjectId: unknown): string | undefined => {
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

const check = (options: EncryptionOptions) => {
  checkOptions(options, 'options', OPTIONS);
  const { keys, subjectOf, fields = {}, forgotten = () => null } = options;
  if (typeof keys?.keyFor !== 'function' || typeof keys.keyOf !== 'function') {
    refuse('options.keys', 'DynamoDbSubjectKeys', keys);
  }
  checkFunction(subjectOf, 'options.subjectOf');
  checkFunction(forgotten, 'options.forgotten');
  checkObject(fields, 'options.fields');
  const paths = new Map(
    Object.entries(fields).map(([eventStoreId, types]) => {
      checkObject(types, `options.fields.${eventStoreId}`);
      const ofTypes = Object.entries(types).map(
        ([type, list]) => [type, parsePaths(list, `options.fields.${eventStoreId}.${type}`)] as const,
      );
      return [eventStoreId, new Map(ofTypes)] as const;
    }),
  );
  const fieldsOf = (type: string, { eventStoreId }: TransformationContext): readonly FieldPath[] =>
    paths.get(eventStoreId)?.get(type) ?? WHOLE_PAYLOAD;
  return { keys, subjectOf, forgotten, fieldsOf };
};

/** Paths of which one leads into what another one encrypts would mean two things. */
const parsePaths = (list: unknown, argument: string): readonly FieldPath[] => {
  if (!Array.isArray(list)) return refuse(argument, 'an array of paths', list);
  const paths = list.map((path, index) => parseFieldPath(path, `${argument}[${index}]`));
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
