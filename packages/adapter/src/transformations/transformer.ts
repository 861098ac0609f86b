import type { EventDetail } from '@castore/core';

import type { EventItem, Item, ItemsPage } from '../codec/eventItem.js';
import type { Layout } from '../layout.js';
import type { ContentProtection, EventTransformation, MaybePromise } from './transformation.js';

/**
 * Does to events what an adapter's transformations say. Transformations bring it along, so that a bundle without any has
 * none of it.
 */
export interface EventTransformer {
  /**
   * The item in which an event is stored, and the event that later reads return. `former` is the item of an event that is
   * redacted.
   *
   * @throws UnstorableValueError, EventTooLargeError, and what the transformations throw
   */
  encode(
    layout: Layout,
    eventStoreId: string,
    event: EventDetail,
    pushId: Uint8Array | undefined,
    former?: Item,
  ): Promise<EventItem>;
  /**
   * What later reads would return of an event, if it was stored. Does nothing that `encode` does elsewhere: no key is made, no
   * object written. Older copies of this package do not have it.
   *
   * @throws UnstorableValueError, EventTooLargeError if that is known beforehand, and what the evolution throws
   */
  preview?(
    layout: Layout,
    eventStoreId: string,
    event: EventDetail,
    pushId: Uint8Array | undefined,
  ): Promise<EventDetail>;
  /**
   * At once, if the transformations decode at once; with `sync`, they are refused if they do not.
   *
   * @throws UnreadableEventError, AsynchronousTransformationError, and what the transformations throw
   */
  decode(layout: Layout, eventStoreId: string, item: Item, sync?: boolean): MaybePromise<EventDetail>;
  /** The events of a page in order, a part at a time: what lies elsewhere need not be in memory all at once. */
  readPage(layout: Layout, eventStoreId: string, page: ItemsPage): AsyncIterable<EventDetail[]>;
  fingerprint(eventStoreId: string): string;
  /**
   * The places outside of the table that hold content of a stored event. Older copies of this package do not have it.
   *
   * @throws UnreadableEventError, and what the transformations throw
   */
  referencesOf?(layout: Layout, eventStoreId: string, item: Item): Promise<readonly string[]>;
  readonly protection?: ContentProtection | undefined;
}

/** Where a transformation has what makes a transformer: a registered symbol, the same one in every copy. */
export const TRANSFORMER = Symbol.for('@castore-dynamodb/adapter/transformer');

export type MakeTransformer = (transformations: readonly EventTransformation[], argument: string) => EventTransformer;
