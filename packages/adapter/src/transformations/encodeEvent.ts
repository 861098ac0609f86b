import type { EventDetail } from '@castore/core';

import { checkEventSize } from '../codec/checkEventSize.js';
import { MAX_MEASURED_SIZE } from '../codec/encodeValue.js';
import { ENCODING_KEY, type EventItem, type Item, SCHEMA_VERSION_KEY, toEventItem } from '../codec/eventItem.js';
import { itemSize } from '../codec/itemSize.js';
import type { Layout } from '../layout.js';
import { findProtection, markSubjects } from './subjects.js';
import {
  type EventContent,
  type EventEncoding,
  type EventEvolution,
  type EventTransformation,
  type FormerEvent,
  isEvolution,
  type TransformationContext,
} from './transformation.js';

/** An event before it is transformed: checked, and of the shape of today. */
interface PlainEvent {
  readonly context: TransformationContext;
  readonly encodings: readonly EventEncoding[];
  readonly plain: EventItem;
  /** The event as later reads return it. */
  readonly read: () => EventDetail;
  /** What is stored once it has other content. @throws EventTooLargeError */
  readonly toItem: (event: EventDetail, encoding: readonly string[]) => Pick<EventItem, 'item' | 'size'>;
}

const plainEvent = async (
  transformations: readonly EventTransformation[],
  layout: Layout,
  eventStoreId: string,
  given: EventDetail,
  pushId: Uint8Array | undefined,
  isRewrite = false,
): Promise<PlainEvent> => {
  const context: TransformationContext = { eventStoreId, ...(isRewrite && { isRewrite }) };
  const evolution = transformations.find(isEvolution);
  const parsed = evolution === undefined ? given : withContent(given, await evolution.parse(given, context));
  const schemaVersion = evolution?.schemaVersionOf(given.type, context) ?? 1;
  const plain = toEventItem(layout, eventStoreId, parsed, pushId, maxSizeOf(transformations));
  return {
    context,
    encodings: transformations.filter((each): each is EventEncoding => !isEvolution(each)),
    plain,
    read: () =>
      evolution === undefined ? plain.event : upcastEvent(plain.event, evolution, eventStoreId, schemaVersion),
    toItem: (event, encoding) => {
      const { item, size } = toEventItem(layout, eventStoreId, event, pushId);
      const marks = marksOf(encoding, schemaVersion);
      const markedSize = size + itemSize(marks);
      checkEventSize({ ...given, eventStoreId }, markedSize);
      return { item: { ...item, ...marks }, size: markedSize };
    },
  };
};

/** The size is that of what is stored in the end, and not of what it was made of. */
export const encodeEvent = async (
  transformations: readonly EventTransformation[],
  layout: Layout,
  eventStoreId: string,
  given: EventDetail,
  pushId: Uint8Array | undefined,
  rewrite?: { readonly former: FormerEvent | undefined },
): Promise<EventItem> => {
  const isRewrite = rewrite !== undefined;
  const prepared = await plainEvent(transformations, layout, eventStoreId, given, pushId, isRewrite);
  const { context, encodings, plain, toItem } = prepared;
  const encoding: string[] = [];
  const subjects: string[] = [];
  let stored = plain.event;
  for (const [index, transformation] of encodings.entries()) {
    const before = stored;
    const checkSize = async (content: EventContent): Promise<void> => {
      const preview = await previewOf(withContent(before, content), encodings.slice(index + 1), context);
      if (preview !== undefined) toItem(preview.event, [...encoding, transformation.name, ...preview.encoding]);
    };
    const former = transformation.protection && rewrite?.former;
    const content = await transformation.encode(before, { ...context, checkSize, former });
    if (content === undefined) continue;
    stored = withContent(before, content);
    encoding.push(transformation.name);
    subjects.push(...(content.subjects ?? []));
  }
  const { item, size } = toItem(stored, encoding);
  const event = prepared.read();
  if (findProtection(transformations) !== undefined) markSubjects(event, subjects);
  return { item, size, event };
};

/** Everything of `encodeEvent` that asks for nothing and stores nothing: what it refuses, and what later reads return. */
export const previewEvent = async (
  transformations: readonly EventTransformation[],
  layout: Layout,
  eventStoreId: string,
  given: EventDetail,
  pushId: Uint8Array | undefined,
): Promise<EventDetail> => {
  const { context, encodings, plain, read, toItem } = await plainEvent(
    transformations,
    layout,
    eventStoreId,
    given,
    pushId,
  );
  const preview = await previewOf(plain.event, encodings, context);
  if (preview !== undefined) toItem(preview.event, preview.encoding);
  return read();
};

/** An event of the size that it will have, and what will have changed it; undefined if that cannot be known beforehand. */
const previewOf = async (
  event: EventDetail,
  encodings: readonly EventEncoding[],
  context: TransformationContext,
): Promise<{ event: EventDetail; encoding: readonly string[] } | undefined> => {
  const encoding: string[] = [];
  let previewed = event;
  for (const { name, preview } of encodings) {
    if (preview === undefined) return undefined;
    const content = await preview(previewed, context);
    if (content === undefined) continue;
    previewed = withContent(previewed, content);
    encoding.push(name);
  }
  return { event: previewed, encoding };
};

/** How large an event may be before it is transformed. */
const maxSizeOf = (transformations: readonly EventTransformation[]): number => {
  const sizes = transformations.flatMap(each => (isEvolution(each) ? [] : (each.maxSize ?? [])));
  return sizes.length === 0 ? MAX_MEASURED_SIZE : Math.max(...sizes);
};

const marksOf = (encoding: readonly string[], schemaVersion: number): Item => ({
  ...(encoding.length > 0 && { [ENCODING_KEY]: { S: encoding.join() } }),
  ...(schemaVersion > 1 && { [SCHEMA_VERSION_KEY]: { N: String(schemaVersion) } }),
});

/** An event with another payload and metadata; what `content` lacks, it lacks. */
export const withContent = (event: EventDetail, { payload, metadata }: EventContent): EventDetail => ({
  aggregateId: event.aggregateId,
  version: event.version,
  type: event.type,
  timestamp: event.timestamp,
  ...(payload === undefined ? {} : { payload }),
  ...(metadata === undefined ? {} : { metadata }),
});

export const upcastEvent = (
  event: EventDetail,
  evolution: EventEvolution,
  eventStoreId: string,
  schemaVersion: number,
  isErased?: boolean,
): EventDetail => {
  const { type, ...content } = evolution.upcast(event, { eventStoreId, schemaVersion, ...(isErased && { isErased }) });
  return withContent({ ...event, type }, content);
};
