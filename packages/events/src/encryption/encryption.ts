import { isDeepStrictEqual } from 'node:util';

import type { EventDetail } from '@castore/core';
import {
  defineTransformation,
  type EncodeContext,
  type EventContent,
  type EventEncoding,
  type FormerEvent,
  type ProtectedContent,
  type TransformationContext,
  UnreadableEventError,
} from '@castore-dynamodb/adapter';
import {
  describeErrorInWords,
  formatPath,
  hasCode,
  InvalidArgumentError,
  type ValuePath,
} from '@castore-dynamodb/commons';

import { EventTransformationError } from '../errors.js';
import { nowInClear } from './clearValues.js';
import { SubjectForgottenError, UnencryptedValueError } from './encryptionErrors.js';
import { type EncryptionOptions, FORGOTTEN, resolveOptions } from './encryptionOptions.js';
import type { FieldPath } from './fieldPath.js';
import { replaceAt, replaceBytes, setAt } from './fields.js';
import { protectionBy } from './protection.js';
import { blankFor, type MarkedBytes, markPlain, openValue, type Place, readMarked, sealValue } from './sealedValue.js';
import type { SubjectKey } from './subjectKeys.js';

/**
 * A transformation that encrypts what events say about a subject, with a key of the subject's own: AES-256-GCM, bound to
 * event store, aggregate, version and path. When the key is forgotten, nobody can read it again; the events stay.
 *
 * Costs what its `keys` cost, and for each value that is encrypted 64 bytes and the name of its type (`{"S":"…"}`).
 *
 * A push for a subject that was forgotten fails with a `SubjectForgottenError`, one for which `subjectOf` throws with an
 * `EventTransformationError`, and nothing is stored. An event that is redacted stays encrypted for its subject; if something
 * of it would come to be stored in clear, that fails with an `UnencryptedValueError`. A stored value that was moved here from another event or was changed makes
 * an `UnreadableEventError`, and so does one that names a key that cannot be used; its `cause` is a `SubjectKeyError` then.
 *
 * @throws InvalidArgumentError
 *
 * @example
 * const adapter = new DynamoDbSingleTableEventStorageAdapter({
 *   tableName: 'events',
 *   dynamoDbClient,
 *   transformations: [encryption({ keys, subjectOf: event => event.aggregateId })],
 * });
 */
export const encryption = (options: EncryptionOptions): EventEncoding => {
  const { keys, subjectOf, insteadOf, fieldsOf } = resolveOptions(options);

  const encode = async (
    event: EventDetail,
    { checkSize, former, ...context }: EncodeContext,
  ): Promise<ProtectedContent | undefined> => {
    const paths = fieldsOf(event.type, context);
    if (former !== undefined) {
      const stored = await read(former.event, context);
      const [key] = stored.keys;
      // What was about somebody stays about them, whatever is left of it to tell by.
      if (key !== undefined) {
        checkSets(event, context, paths);
        checkClearValues(event, context, paths, former, stored);
        return sealEvent(event, context, paths, key);
      }
    }
    const subjectId = subjectOf(event, context);
    if (subjectId === undefined || paths.length === 0) return undefined;
    checkSets(event, context, paths);
    // Of what is too large to be stored, there would be a key, and nothing else.
    const key = await keys.keyFor(subjectId, async () => {
      const blank = sealContent(event, paths, blankFor);
      if (blank !== undefined) await checkSize?.(blank);
    });
    if (key === undefined) {
      const instead = (path: ValuePath): unknown =>
        insteadOf(path, cause => {
          throw new EventTransformationError({ ...event, ...context }, FORGOTTEN, cause);
        });
      // What is read in place of forgotten values may be stored again with the rest of a redacted event.
      if (context.isRewrite === true && holdsOnlyForgotten(event, paths, instead)) return undefined;
      throw new SubjectForgottenError({ ...event, ...context }, subjectId);
    }
    return sealEvent(event, context, paths, key);
  };

  const read = async (event: EventDetail, context: TransformationContext): Promise<ReadContent> => {
    const stored = contentOf(event);
    const refuse = (path: string, reason: string, cause?: unknown): never => {
      throw new UnreadableEventError({ ...event, ...context }, path, reason, { cause });
    };
    const readBytes = (bytes: Uint8Array, path: ValuePath): MarkedBytes =>
      readMarked(bytes) ?? refuse(formatPath(path), 'it is not what encryption writes, or was changed since.');

    const places = new Map<string, ValuePath>();
    replaceBytes(stored, (bytes, path) => {
      const marked = readBytes(bytes, path);
      if (marked.kind === 'sealed' && !places.has(marked.keyId)) places.set(marked.keyId, path);
      return bytes;
    });
    if (places.size === 0) refuse('encoding', 'it says that something is encrypted, but nothing is.');
    const found = [...places].map(async ([keyId, path]) => {
      try {
        return [keyId, await keys.keyOf(keyId)] as const;
      } catch (error) {
        // Others, such as those of requests, say nothing about this event.
        if (!hasCode(error, 'SubjectKeyError')) throw error;
        return refuse(formatPath(path), describeErrorInWords(error), error);
      }
    });
    const known = new Map(await Promise.all(found));
    const instead = (path: ValuePath): unknown =>
      insteadOf(path, cause => refuse(formatPath(path), `${FORGOTTEN} failed.`, cause));
    const contentWith = (replace: (keyId: string, bytes: Uint8Array, path: ValuePath) => unknown): EventContent =>
      replaceBytes(stored, (bytes, path) => {
        const marked = readBytes(bytes, path);
        return marked.kind === 'plain' ? marked.bytes : replace(marked.keyId, bytes, path);
      }) as EventContent;
    const opened = contentWith((keyId, bytes, path) => {
      const key = known.get(keyId);
      if (key === undefined) return instead(path);
      const value = openValue(key, bytes, placeOf(event, context, path));
      if (value === undefined)
        return refuse(
          formatPath(path),
          'it was encrypted for another place, or with a key that its subject no longer has, or was changed since.',
        );
      return value.value;
    });
    return {
      opened,
      keys: [...known].flatMap(([keyId, key]) => (key === undefined ? [] : { keyId, key })),
      hide: () => [contentWith(() => null), contentWith((_keyId, _bytes, path) => instead(path))],
    };
  };

  const decode = async (event: EventDetail, context: TransformationContext): Promise<ProtectedContent> => {
    const { opened, keys: used } = await read(event, context);
    return { ...opened, subjects: used.map(({ keyId }) => keyId) };
  };

  return defineTransformation({ name: 'encryption', encode, decode, protection: protectionBy(keys) });
};

/** What is stored of an event. */
interface ReadContent {
  readonly opened: EventContent;
  /** Those of the subjects that were not forgotten. */
  readonly keys: readonly SubjectKey[];
  /** What everybody can read of it, and what is read of it when its subject is forgotten. */
  readonly hide: () => readonly EventContent[];
}

const sealEvent = (
  event: EventDetail,
  context: TransformationContext,
  paths: readonly FieldPath[],
  key: SubjectKey,
): ProtectedContent | undefined => {
  const sealed = sealContent(event, paths, (value, path) => sealValue(key, value, placeOf(event, context, path)));
  return sealed && { ...sealed, subjects: [key.keyId] };
};

/** @throws EventTransformationError if the elements of a set would stay in clear, to which a path leads */
const checkSets = (event: EventDetail, context: TransformationContext, paths: readonly FieldPath[]): void => {
  for (const path of paths) {
    const found = setAt(contentOf(event), path);
    if (found === undefined) continue;
    const place = formatPath(found);
    const argument = `options.fields.${context.eventStoreId}.${event.type}`;
    const message = `${place} is a Set, whose elements cannot be encrypted one by one. List ${place} itself.`;
    const cause = new InvalidArgumentError(argument, message);
    throw new EventTransformationError(
      { ...event, ...context },
      `encryption of each element of the Set ${place}`,
      cause,
    );
  }
};

/** @throws UnencryptedValueError if the redacted event would have something in clear that was encrypted. */
const checkClearValues = (
  event: EventDetail,
  context: TransformationContext,
  paths: readonly FieldPath[],
  former: FormerEvent,
  { opened, hide }: ReadContent,
): void => {
  let clear: unknown = contentOf(event);
  for (const path of paths) clear = replaceAt(clear, path, () => null);
  const found = nowInClear(clear, { opened, hidden: hide() }, former);
  if (found.length > 0) throw new UnencryptedValueError({ ...event, ...context }, event.type, found.map(formatPath));
};

const contentOf = ({ payload, metadata }: EventDetail): EventContent => ({
  ...(payload === undefined ? {} : { payload }),
  ...(metadata === undefined ? {} : { metadata }),
});

/** Undefined if there is nothing to encrypt. */
const sealContent = (
  event: EventDetail,
  paths: readonly FieldPath[],
  seal: (value: unknown, path: ValuePath) => Uint8Array,
): EventContent | undefined => {
  const sealed = new Set<Uint8Array>();
  const sealAndRemember = (value: unknown, path: ValuePath): Uint8Array => {
    const bytes = seal(value, path);
    sealed.add(bytes);
    return bytes;
  };
  let content: unknown = contentOf(event);
  for (const path of paths) content = replaceAt(content, path, sealAndRemember);
  if (sealed.size === 0) return undefined;
  return replaceBytes(content, bytes => (sealed.has(bytes) ? bytes : markPlain(bytes))) as EventContent;
};

const holdsOnlyForgotten = (
  event: EventDetail,
  paths: readonly FieldPath[],
  insteadOf: (path: ValuePath) => unknown,
): boolean => {
  let isAll = true;
  const compare = (value: unknown, path: ValuePath): unknown => {
    isAll &&= isDeepStrictEqual(value, insteadOf(path));
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
