import {
  checkFunction,
  checkInteger,
  checkObject,
  checkString,
  InvalidArgumentError,
  refuse,
} from '@castore-dynamodb/commons';

import { decodeItem, formerOf, readPage, referencesOf } from './decodeEvent.js';
import { encodeEvent, previewEvent } from './encodeEvent.js';
import { findProtection } from './subjects.js';
import { type EventEncoding, type EventTransformation, isEvolution } from './transformation.js';
import { type MakeTransformer, TRANSFORMER } from './transformer.js';

/**
 * Makes a transformation that adapters take.
 *
 * @example
 * import { deflateRawSync, inflateRawSync } from 'node:zlib';
 *
 * const compressed = defineTransformation({
 *   name: 'compressed',
 *   // Undefined: this event is stored as it is.
 *   encode: ({ payload, metadata }) =>
 *     typeof payload === 'string' ? { payload: new Uint8Array(deflateRawSync(payload)), metadata } : undefined,
 *   decode: ({ payload, metadata }) => ({ payload: inflateRawSync(payload as Uint8Array).toString(), metadata }),
 * });
 *
 * @throws InvalidArgumentError
 */
export const defineTransformation = <TRANSFORMATION extends EventTransformation>(
  transformation: TRANSFORMATION,
): TRANSFORMATION => {
  checkTransformation(transformation, 'transformation');
  return Object.assign({ ...transformation }, { [TRANSFORMER]: makeTransformer });
};

const makeTransformer: MakeTransformer = (given, argument) => {
  const transformations = [...given];
  checkTransformations(transformations, argument);
  return {
    encode: async (layout, eventStoreId, event, pushId, former) => {
      const rewrite = former && { former: await formerOf(transformations, layout, eventStoreId, former) };
      return encodeEvent(transformations, layout, eventStoreId, event, pushId, rewrite);
    },
    preview: (...event) => previewEvent(transformations, ...event),
    decode: (...item) => decodeItem(transformations, ...item),
    readPage: (...page) => readPage(transformations, ...page),
    referencesOf: (...item) => referencesOf(transformations, ...item),
    protection: findProtection(transformations),
    fingerprint: eventStoreId => transformations.find(isEvolution)?.fingerprint({ eventStoreId }) ?? '',
  };
};

const NAME = /^[A-Za-z][A-Za-z0-9-]*$/;

const METHODS = {
  encoding: ['encode', 'decode'],
  evolution: ['parse', 'schemaVersionOf', 'upcast', 'fingerprint'],
} as const;

const checkTransformation = (transformation: EventTransformation, argument: string): void => {
  checkObject(transformation, argument);
  const { name } = transformation;
  checkString(name, `${argument}.name`);
  if (!NAME.test(name)) {
    throw new InvalidArgumentError(`${argument}.name`, 'expected a letter, then letters, digits and hyphens.');
  }
  if (!isEvolution(transformation) && transformation.maxSize !== undefined) {
    checkInteger(transformation.maxSize, `${argument}.maxSize`);
  }
  for (const method of METHODS[isEvolution(transformation) ? 'evolution' : 'encoding']) {
    checkFunction((transformation as unknown as Record<string, unknown>)[method], `${argument}.${method}`);
  }
  const { protection } = transformation as Partial<EventEncoding>;
  if (protection === undefined) return;
  checkObject(protection, `${argument}.protection`);
  for (const method of ['seal', 'open', 'areReadable'] as const) {
    checkFunction(protection[method], `${argument}.protection.${method}`);
  }
};

const checkTransformations = (transformations: readonly EventTransformation[], argument: string): void => {
  const names = new Map<string, number>();
  let evolution: number | undefined;
  let encoding: number | undefined;
  for (const [index, transformation] of transformations.entries()) {
    const place = `${argument}[${index}]`;
    if (typeof (transformation as { [TRANSFORMER]?: unknown } | null | undefined)?.[TRANSFORMER] !== 'function') {
      refuse(place, 'a transformation that defineTransformation made', transformation);
    }
    checkTransformation(transformation, place);
    const { name } = transformation;
    const earlier = names.get(name);
    if (earlier !== undefined) {
      throw new InvalidArgumentError(`${place}.name`, `${argument}[${earlier}] has the same name, ${name}.`);
    }
    names.set(name, index);
    if (isEvolution(transformation)) {
      if (evolution !== undefined) {
        throw new InvalidArgumentError(
          place,
          `${argument}[${evolution}] says already what shape events have: give one of them.`,
        );
      }
      evolution = index;
      continue;
    }
    // What another one has compressed, or put elsewhere, would be stored with its secrets in it.
    if (transformation.protection !== undefined && encoding !== undefined) {
      throw new InvalidArgumentError(
        place,
        `${name} would not find the parts of events that it encrypts after ${argument}[${encoding}]: give it first.`,
      );
    }
    encoding ??= index;
  }
};
