import type { EventDetail } from '@castore/core';

import { checkEventSize } from '../codec/checkEventSize.js';
import { MAX_MEASURED_SIZE } from '../codec/encodeValue.js';
import { ENCODING_KEY, type EventItem, type Item, SCHEMA_VERSION_KEY, toEventItem } from '../codec/eventItem.js';
import { itemSize } from '../codec/itemSize.js';
import type { Layout } from '../layout.js';
import { findProtection, markSubjects } from './subjects.js';
import {
  type EventContent,
  type EventEvolution,
  type EventTransformation,
  isEvolution,
  type TransformationContext,
} from './transformation.js';

/** The size is that of what is stored in the end, and not of what it was made of. */
export const encodeEvent = async (
  transformations: readonly EventTransformation[],
  layout: Layout,
  eventStoreId: string,
  given: EventDetail,
  pushId: Uint8Array | undefined,
  isRewrite = false,
): Promise<EventItem> => {
  const context: TransformationContext = { eventStoreId, ...(isRewrite && { isRewrite }) };
  const evolution = transformations.find(isEvolution);
  const parsed = evolution === undefined ? given : withContent(given, await evolution.parse(given, context));
  const schemaVersion = evolution?.schemaVersionOf(given.type, context) ?? 1;
  const plain = toEventItem(layout, eventStoreId, parsed, pushId, maxSizeOf(transformations));

  const encoding: string[] = [];
  const subjects: string[] = [];
  let stored = plain.event;
  for (const transformation of transformations) {
    if (isEvolution(transformation)) continue;
    const content = await transformation.encode(stored, context);
    if (content === undefined) continue;
    stored = withContent(stored, content);
    encoding.push(transformation.name);
    subjects.push(...(content.subjects ?? []));
  }
  const { item, size } = toEventItem(layout, eventStoreId, stored, pushId);
  const marks = marksOf(encoding, schemaVersion);
  const markedSize = size + itemSize(marks);
  checkEventSize({ ...given, eventStoreId }, markedSize);
  const event =
    evolution === undefined ? plain.event : upcastEvent(plain.event, evolution, eventStoreId, schemaVersion);
  if (findProtection(transformations) !== undefined) markSubjects(event, subjects);
  return { item: { ...item, ...marks }, size: markedSize, event };
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
