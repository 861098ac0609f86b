import type { EventStore, EventStoreNotificationMessage } from '@castore/core';
import { InvalidArgumentError, type StoredItem } from '@castore-dynamodb/adapter';

import { readImage } from './readImage.js';
import type { StreamRecord } from './streamRecord.js';

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
  constructor({ sourceEventStores }: { sourceEventStores: EVENT_STORES[] }) {
    if (!Array.isArray(sourceEventStores) || sourceEventStores.length === 0) {
      throw new InvalidArgumentError('sourceEventStores', 'expected an array of one event store or more.');
    }
    this.sourceEventStores = sourceEventStores;
  }

  /**
   * The message of an image (`NewImage`), as Lambda or the AWS SDK hands it out; undefined for an image that is no event
   * of these event stores.
   *
   * @param options.table The name or ARN of the table, or of its stream. Needed where several event stores are given and
   *   one of them has a table of its own (layout `table-per-store`): such images do not tell whose they are.
   * @throws InvalidArgumentError where `table` is needed.
   * @throws UnreadableEventError where the event holds a value that JavaScript cannot hold.
   */
  parseImage(
    image: StoredItem,
    { table }: { table?: string | undefined } = {},
  ): EventStoreNotificationMessage<EVENT_STORES> | undefined {
    const isAlone = this.sourceEventStores.length === 1;
    for (const eventStore of this.sourceEventStores) {
      const event = readImage(eventStore, image, table, isAlone);
      if (event === undefined) continue;
      return { eventStoreId: eventStore.eventStoreId, event } as EventStoreNotificationMessage<EVENT_STORES>;
    }
    return undefined;
  }

  /**
   * The message of a stream record, whose table is told by the record's `eventSourceARN`; undefined where it is no event
   * of these event stores, or the removal of one.
   *
   * @throws as `parseImage`.
   */
  parseRecord({ eventSourceARN, dynamodb }: StreamRecord): EventStoreNotificationMessage<EVENT_STORES> | undefined {
    const image = dynamodb?.NewImage;
    return image && this.parseImage(image, { table: eventSourceARN });
  }
}
