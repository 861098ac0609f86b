import type { EventDetail } from '@castore/core';

import {
  ENCODING_KEY,
  fromEventItem,
  type Item,
  type ItemsPage,
  isAtVersion,
  SCHEMA_VERSION_KEY,
} from '../codec/eventItem.js';
import { parseItems } from '../codec/itemJson.js';
import { AsynchronousTransformationError, type EventLocation, UnreadableEventError } from '../errors.js';
import type { Layout } from '../layout.js';
import { decodeEventsFast } from '../read/decodeEventsFast.js';
import { isErased } from '../stored/redactions.js';
import { upcastEvent, withContent } from './encodeEvent.js';
import { findProtection, markSubjects } from './subjects.js';
import {
  type EventEncoding,
  type EventTransformation,
  type FormerEvent,
  isEvolution,
  isThenable,
  type MaybePromise,
} from './transformation.js';

/** An event as it is stored, before anything is undone. */
interface StoredEvent {
  readonly event: EventDetail;
  /** The names of the transformations that changed it, in order. */
  readonly encoding: readonly string[];
  /** The version of the shape in which it was written. */
  readonly schemaVersion: number;
  /** Whether its payload and metadata were erased. */
  readonly isErased?: boolean;
}

export const decodeItem = (
  transformations: readonly EventTransformation[],
  layout: Layout,
  eventStoreId: string,
  item: Item,
  sync?: boolean,
): MaybePromise<EventDetail> =>
  decodeEvent(transformations, eventStoreId, readStoredEvent(layout, eventStoreId, item), sync);

/** @throws UnreadableEventError */
const readStoredEvent = (layout: Layout, eventStoreId: string, item: Item): StoredEvent => {
  const event = fromEventItem(layout, eventStoreId, item, true);
  const { [ENCODING_KEY]: encoding, [SCHEMA_VERSION_KEY]: schemaVersion } = item;
  const refuse = (path: string): never => {
    throw new UnreadableEventError({ ...event, eventStoreId }, path, 'it is not what this package writes.');
  };
  const names = encoding === undefined ? [] : (encoding.S?.split(',') ?? refuse(ENCODING_KEY));
  // No transformation is applied twice, and none is without a name.
  if (names.includes('') || new Set(names).size < names.length) return refuse(ENCODING_KEY);
  const version = schemaVersion === undefined ? 1 : Number(schemaVersion.N);
  if (!Number.isSafeInteger(version) || version < 1) return refuse(SCHEMA_VERSION_KEY);
  return { event, encoding: names, schemaVersion: version, isErased: isErased(item) };
};

/**
 * Undoes what was done to an event on its way into the table, in the reverse order; then brings it into its shape of
 * today. The one place in which that happens, whoever reads. At once, if the transformations do it at once.
 *
 * @throws UnreadableEventError, AsynchronousTransformationError, and what the transformations throw
 */
const decodeEvent = (
  transformations: readonly EventTransformation[],
  eventStoreId: string,
  { event: stored, encoding, schemaVersion, isErased: hasNothing = false }: StoredEvent,
  sync = false,
): MaybePromise<EventDetail> => {
  const context = { eventStoreId };
  const location = { eventStoreId, aggregateId: stored.aggregateId, version: stored.version };
  const then = <VALUE, NEXT>(
    name: string,
    value: MaybePromise<VALUE>,
    step: (value: VALUE) => MaybePromise<NEXT>,
  ): MaybePromise<NEXT> => {
    if (!isThenable(value)) return step(value);
    if (!sync) return value.then(step);
    value.catch(() => {});
    throw new AsynchronousTransformationError(location, name);
  };

  const subjects = findProtection(transformations) && new Set<string>();
  const finish = (decoded: MaybePromise<EventDetail>): MaybePromise<EventDetail> =>
    subjects === undefined ? decoded : then('', decoded, each => markSubjects(each, [...subjects]));
  let event: MaybePromise<EventDetail> = stored;
  for (const name of encoding.toReversed()) {
    const transformation = encodingNamed(transformations, name) ?? refuseMissing(location, name);
    const encoded: MaybePromise<EventDetail> = event;
    event = then(name, encoded, each =>
      then(name, transformation.decode(each, context), content => {
        for (const subject of content.subjects ?? []) subjects?.add(subject);
        return withContent(each, content);
      }),
    );
  }

  const evolution = transformations.find(isEvolution);
  if (evolution === undefined) {
    return schemaVersion === 1 ? finish(event) : refuseMissing(location, 'evolution');
  }
  const upcast = then(evolution.name, event, each =>
    upcastEvent(each, evolution, eventStoreId, schemaVersion, hasNothing),
  );
  const { validate } = evolution;
  if (validate === undefined || hasNothing) return finish(upcast);
  return finish(
    then(evolution.name, upcast, each =>
      then(evolution.name, validate(each, context), content => withContent(each, content)),
    ),
  );
};

/**
 * The places outside of the table that hold content of a stored event. Transformations are undone only as far as it takes to
 * know them.
 *
 * @throws UnreadableEventError, and what the transformations throw
 */
export const referencesOf = async (
  transformations: readonly EventTransformation[],
  layout: Layout,
  eventStoreId: string,
  item: Item,
): Promise<readonly string[]> => {
  const context = { eventStoreId };
  const references: string[] = [];
  const { event: stored, encoding } = readStoredEvent(layout, eventStoreId, item);
  const steps = encoding.toReversed().map(name => {
    const transformation = encodingNamed(transformations, name);
    return transformation ?? refuseMissing({ ...stored, eventStoreId }, name);
  });
  const last = steps.findLastIndex(step => step.referencesOf !== undefined);
  let event = stored;
  for (const [index, step] of steps.slice(0, last + 1).entries()) {
    references.push(...(step.referencesOf?.(event, context) ?? []));
    if (index < last) event = withContent(event, await step.decode(event, context));
  }
  return references;
};

/** What the transformation that encrypts has made of a stored event; undefined if it has not changed it. */
export const formerOf = async (
  transformations: readonly EventTransformation[],
  layout: Layout,
  eventStoreId: string,
  item: Item,
): Promise<FormerEvent | undefined> => {
  const protecting = transformations.find(each => !isEvolution(each) && each.protection !== undefined)?.name;
  const { event: stored, encoding, schemaVersion } = readStoredEvent(layout, eventStoreId, item);
  if (protecting === undefined || !encoding.includes(protecting)) return undefined;
  let event = stored;
  for (const name of encoding.slice(encoding.indexOf(protecting) + 1).toReversed()) {
    const transformation = encodingNamed(transformations, name) ?? refuseMissing({ ...stored, eventStoreId }, name);
    event = withContent(event, await transformation.decode(event, { eventStoreId }));
  }
  const evolution = transformations.find(isEvolution);
  return {
    event,
    upcast: content =>
      evolution ? upcastEvent(withContent(event, content), evolution, eventStoreId, schemaVersion) : content,
  };
};

const encodingNamed = (transformations: readonly EventTransformation[], name: string): EventEncoding | undefined => {
  const found = transformations.find(each => each.name === name);
  return found === undefined || isEvolution(found) ? undefined : found;
};

const refuseMissing = (location: EventLocation, name: string): never => {
  throw new UnreadableEventError(
    location,
    ENCODING_KEY,
    `the adapter lacks a transformation that it was stored with: ${name}.`,
  );
};

/** How many events are decoded at the same time that may lie elsewhere, or need a key. */
const AT_A_TIME = 16;

/** Events that are stored as they are need nothing that would have to be asked for: all of them at once, and the fast way. */
export async function* readPage(
  transformations: readonly EventTransformation[],
  layout: Layout,
  eventStoreId: string,
  { Items = [] }: ItemsPage,
): AsyncGenerator<EventDetail[], void, undefined> {
  const isRead = Array.isArray(Items);
  const plain = isRead ? undefined : decodeEventsFast(Items, key => layout.aggregateId(eventStoreId, key));
  if (plain !== undefined) {
    const marks = { encoding: [], schemaVersion: 1 };
    yield decodeTogether(plain, event => decodeEvent(transformations, eventStoreId, { event, ...marks }));
    return;
  }
  const items = (isRead ? Items : parseItems(Items)).filter(isAtVersion);
  for (let start = 0; start < items.length; start += AT_A_TIME) {
    const part = items.slice(start, start + AT_A_TIME);
    yield decodeTogether(part, item => decodeItem(transformations, layout, eventStoreId, item));
  }
}

const decodeTogether = <SOURCE>(
  sources: readonly SOURCE[],
  decode: (source: SOURCE) => MaybePromise<EventDetail>,
): MaybePromise<EventDetail[]> => {
  const events: MaybePromise<EventDetail>[] = [];
  for (const source of sources) {
    try {
      events.push(decode(source));
    } catch (error) {
      if (!events.some(isThenable)) throw error;
      events.push(Promise.reject(error));
      break;
    }
  }
  return events.some(isThenable) ? inOrder(events) : (events as EventDetail[]);
};

/** Of several events that cannot be read, the first is reported: those before it can be read. */
const inOrder = async (events: readonly MaybePromise<EventDetail>[]): Promise<EventDetail[]> => {
  for (const event of events) if (isThenable(event)) event.catch(() => {});
  const decoded: EventDetail[] = [];
  for (const event of events) decoded.push(await event);
  return decoded;
};
