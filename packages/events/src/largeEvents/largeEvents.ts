import {
  defineTransformation,
  type EventContent,
  type EventEncoding,
  UnreadableEventError,
} from '@castore-dynamodb/adapter';
import { compress } from '@castore-dynamodb/commons';

import { EventObjects } from './eventObjects.js';
import { type LargeEventsOptions, resolveOptions } from './options.js';
import {
  readBytes,
  readBytesSync,
  readStored,
  type Stored,
  type StoredInItem,
  type StoredInObject,
  toText,
} from './storedContent.js';

/** What is stored of an event in place of its content, and whether that is in S3. */
interface LargeContent {
  readonly stored: Stored;
  readonly bytes: Uint8Array;
  readonly isLarge: boolean;
}

/** What compression adds to an item besides the bytes: the names of its members, and the attribute `encoding`. */
const OVERHEAD = 50;

/**
 * A transformation that compresses events, and keeps those in S3 that are large even then: first the object, under the
 * hash of its content, and then the item that names it.
 *
 * A push of an event that goes to S3 costs a PUT and the write units of a small item. A read of it costs a GET and the read
 * units of a small item. 16 objects are read or written at the same time. The S3 client's own retries apply; an object
 * that has not come after 10 s, or is not written after 20 s, is given up. Nothing else costs a request.
 *
 * `ImageParser.parseRecord` and `parseEventItem` read compressed events, and refuse those in S3 by name: use
 * `parseRecords` and `decodeEventItem`.
 *
 * @example
 * largeEvents({ offload: { s3Client: new S3Client({}), bucketName: 'my-large-events' } })
 *
 * @throws InvalidArgumentError
 */
export const largeEvents = (options: LargeEventsOptions = {}): EventEncoding => {
  const { compressFrom, offload, maxSize } = resolveOptions(options);
  const from = offload?.from ?? Number.POSITIVE_INFINITY;
  const objects = offload && new EventObjects(offload);

  /** Undefined if the event is stored as it is. */
  const contentOf = async (event: EventContent): Promise<LargeContent | undefined> => {
    const { text, size } = toText(event);
    if (size < compressFrom && size < from) return undefined;
    const compressed = size < compressFrom ? text : await compress(text);
    const isCompressed = compressed !== text && compressed.byteLength + OVERHEAD < size;
    const bytes = isCompressed ? compressed : text;
    const isLarge = (isCompressed ? bytes.byteLength : size) >= from;
    if (!isCompressed && !isLarge) return undefined;
    return { stored: { size: text.byteLength, ...(isCompressed && { compression: 'brotli' }) }, bytes, isLarge };
  };

  return defineTransformation<EventEncoding>({
    name: 'largeEvents',
    maxSize,
    async encode(event, { eventStoreId }) {
      const content = await contentOf(event);
      if (content === undefined) return undefined;
      const { stored, bytes, isLarge } = content;
      if (objects !== undefined && isLarge) {
        const object = await objects.put(bytes, { ...event, eventStoreId });
        return { payload: { ...stored, object } satisfies StoredInObject };
      }
      return { payload: { ...stored, bytes } satisfies StoredInItem };
    },
    async preview(event) {
      const content = await contentOf(event);
      if (content === undefined) return undefined;
      const { stored, bytes, isLarge } = content;
      return { payload: isLarge ? { ...stored, object: objects?.keyOf(bytes) } : { ...stored, bytes } };
    },
    decode(event, { eventStoreId }): EventContent | Promise<EventContent> {
      const { aggregateId, version } = event;
      const location = { eventStoreId, aggregateId, version };
      const refuse = (reason: string, cause?: unknown): never => {
        throw new UnreadableEventError(location, 'payload', reason, { cause });
      };
      const stored = readStored(event) ?? refuse('it is not what largeEvents writes.');
      const refuseBytes = (cause: unknown): never => refuse('its compressed content has changed.', cause);
      if ('object' in stored) {
        const { object } = stored;
        if (objects === undefined) {
          return refuse(
            `it is in S3, as ${JSON.stringify(object)}. Give largeEvents the option offload in this program too.`,
          );
        }
        return objects.get(object, location).then(bytes => readBytes(stored, bytes).catch(refuseBytes));
      }
      try {
        return readBytesSync(stored);
      } catch (error) {
        return refuseBytes(error);
      }
    },
    referencesOf(event) {
      const stored = readStored(event);
      return stored === undefined || !('object' in stored) ? [] : [objects?.nameOf(stored.object) ?? stored.object];
    },
  });
};
