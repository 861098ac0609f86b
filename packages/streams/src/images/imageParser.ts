import type { EventStore, EventStoreNotificationMessage } from '@castore/core';
import type { StoredItem } from '@castore-dynamodb/adapter';
import { checkList, checkOptions, mapConcurrently, refuse } from '@castore-dynamodb/commons';

import { decodeImage, newImageOf, readImage, type StreamRecord } from './streamRecord.js';

/**
 * Makes typed notification messages of the images in a DynamoDB stream, for both layouts. Sends no request.
 *
 * @example
 * const imageParser = new ImageParser({ sourceEventStores: [pokemonsEventStore, trainersEventStore] });
 * for (const record of event.Records) console.log(imageParser.parseRecord(record)?.event.type);
 */
export class ImageParser<EVENT_STORES extends EventStore> {
  readonly sourceEventStores: EVENT_STORES[];

  /** @throws InvalidArgumentError */
  constructor(options: { sourceEventStores: EVENT_STORES[] }) {
    checkOptions(options, '', { sourceEventStores: true });
    checkList(options.sourceEventStores, 'sourceEventStores', 'event store');
    this.sourceEventStores = options.sourceEventStores;
  }

  /**
   * The message of an image (`NewImage`), as Lambda or the AWS SDK hands it out; undefined for an image that is no event
   * of these event stores.
   *
   * @param options.table The name or ARN of the table, or of its stream. Needed if several event stores are given and
   *   one of them has a table of its own (layout `table-per-store`): such images do not tell whose they are.
   * @throws InvalidArgumentError if `table` is needed.
   * @throws UnreadableEventError if the event holds a value that JavaScript cannot hold, or was stored with a
   *   transformation that the event store's adapter does not have.
   * @throws AsynchronousTransformationError if a transformation has to wait for something: see `parseRecords`.
   */
  parseImage(
    image: StoredItem,
    options: { table?: string | undefined } = {},
  ): EventStoreNotificationMessage<EVENT_STORES> | undefined {
    checkOptions(options, 'options', { table: true });
    const { table } = options;
    const isAlone = this.sourceEventStores.length === 1;
    for (const eventStore of this.sourceEventStores) {
      const event = readImage(eventStore, image, table, isAlone);
      if (event === undefined) continue;
      return { eventStoreId: eventStore.eventStoreId, event } as EventStoreNotificationMessage<EVENT_STORES>;
    }
    return undefined;
  }

  /**
   * The message of a stream record, whose `eventSourceARN` names the table; undefined if it is no event of
   * these event stores, or the removal of one.
   *
   * @throws StreamNotReadableError if an item is new or changed, and the stream holds no new images.
   * @throws as `parseImage`.
   */
  parseRecord(record: StreamRecord): EventStoreNotificationMessage<EVENT_STORES> | undefined {
    const image = newImageOf(record);
    return image && this.parseImage(image, { table: record.eventSourceARN });
  }

  /**
   * The messages of stream records, in their order: of those that `parseRecord` returns something for. Waits for what the
   * transformations of the event stores' adapters wait for, of 16 records at a time; without any, sends no request.
   *
   * @throws as `parseRecord`, and what the transformations throw.
   */
  async parseRecords(records: readonly StreamRecord[]): Promise<EventStoreNotificationMessage<EVENT_STORES>[]> {
    if (!Array.isArray(records)) refuse('records', 'an array of stream records', records);
    const messages = await mapConcurrently(records, AT_A_TIME, record => this.#decode(record));
    return messages.filter(message => message !== undefined);
  }

  async #decode(record: StreamRecord): Promise<EventStoreNotificationMessage<EVENT_STORES> | undefined> {
    const image = newImageOf(record);
    if (image === undefined) return undefined;
    const isAlone = this.sourceEventStores.length === 1;
    for (const eventStore of this.sourceEventStores) {
      const event = await decodeImage(eventStore, image, record.eventSourceARN, isAlone);
      if (event === undefined) continue;
      return { eventStoreId: eventStore.eventStoreId, event } as EventStoreNotificationMessage<EVENT_STORES>;
    }
    return undefined;
  }
}

const AT_A_TIME = 16;
