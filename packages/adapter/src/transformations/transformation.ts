import type { EventDetail } from '@castore/core';

export type MaybePromise<VALUE> = VALUE | Promise<VALUE>;

export const isThenable = <VALUE>(value: MaybePromise<VALUE>): value is Promise<VALUE> =>
  typeof (value as Partial<Promise<VALUE>> | null | undefined)?.then === 'function';

export interface TransformationContext {
  readonly eventStoreId: string;
  /** Whether the event is stored already, and gets other content: it is redacted. */
  readonly isRewrite?: true | undefined;
}

export interface EncodeContext extends TransformationContext {
  /**
   * Whether an event with such content could be stored, after the transformations that come next. For an `encode` that is
   * about to do what nobody needs without the event. Passes if one of them cannot `preview` it: its size is checked in the end.
   *
   * @throws EventTooLargeError
   */
  readonly checkSize?: ((content: EventContent) => Promise<void>) | undefined;
  /** For a transformation with `protection`, of an event that is redacted and that it has changed: what is stored. */
  readonly former?: FormerEvent | undefined;
}

/**
 * An event that is stored, as the transformation that encrypts has left it.
 *
 * @example
 * const isSamePayload = (content: EventContent, former: FormerEvent): boolean =>
 *   isDeepStrictEqual(content.payload, former.upcast(former.event).payload);
 */
export interface FormerEvent {
  readonly event: EventDetail;
  /** What readers get of it, if this is what it was before it was encrypted. */
  upcast(content: EventContent): EventContent;
}

export interface UpcastContext extends TransformationContext {
  /** The version of the shape in which the event was written. */
  readonly schemaVersion: number;
  /** Whether its payload and metadata were erased: then its name is all that there is to bring up to date. */
  readonly isErased?: boolean | undefined;
}

/** What a transformation may change of an event. A member that is left out is absent from the event. */
export type EventContent = Pick<EventDetail, 'payload' | 'metadata'>;

/**
 * What a transformation makes of an event, and the subjects whose data is in it, as its `protection` calls them.
 *
 * @example
 * const content: ProtectedContent = { payload: { name: 'Ash' }, subjects: ['customer-1'] };
 */
export interface ProtectedContent extends EventContent {
  readonly subjects?: readonly string[] | undefined;
}

/** Keeps what is made of events, such as a snapshot, as secret as the events are. */
export interface ContentProtection {
  /**
   * Encrypts bytes so that they need all of these subjects to be read again. `place` is bound to them: they can be opened for
   * no other one.
   *
   * @throws if one of the subjects was forgotten, or there are too many
   */
  seal(bytes: Uint8Array, subjects: readonly string[], place: string): Promise<Uint8Array>;
  /**
   * Undefined if one of the subjects was forgotten.
   *
   * @throws if they were sealed for another place, or changed since
   */
  open(sealed: Uint8Array, subjects: readonly string[], place: string): Promise<Uint8Array | undefined>;
  /** Whether none of the subjects was forgotten. */
  areReadable(subjects: readonly string[]): Promise<boolean>;
}

/**
 * What an upcaster may change of an event.
 *
 * @example
 * const { type, payload }: EventShape = { type: 'POKEMON_CAUGHT', payload: { ball: 'great' } };
 */
export type EventShape = Pick<EventDetail, 'type' | 'payload' | 'metadata'>;

/**
 * Stores events in another form: compressed, encrypted, elsewhere.
 *
 * @example
 * const wrapped = defineTransformation({
 *   name: 'wrapped',
 *   encode: ({ payload, metadata }, { eventStoreId }) => ({ payload: { eventStoreId, payload }, metadata }),
 *   decode: ({ payload, metadata }) => ({ payload: (payload as { payload: unknown }).payload, metadata }),
 * });
 */
export interface EventEncoding {
  /** What the attribute `encoding` of an item calls it: a letter, then letters, digits and hyphens. */
  readonly name: string;
  /**
   * The largest event that it takes, in bytes as DynamoDB counts them. A larger one is refused, unless another
   * transformation of the adapter says that it takes it.
   *
   * @default 4 MiB, if none of the adapter's transformations says anything
   */
  readonly maxSize?: number | undefined;
  /**
   * What is stored in place of an event's payload and metadata; undefined if they are stored as they are. What it throws
   * is thrown by the push, and nothing is stored.
   */
  encode(event: EventDetail, context: EncodeContext): MaybePromise<ProtectedContent | undefined>;
  /** What `encode` would make, or something of that size, without any request. */
  readonly preview?:
    | ((event: EventDetail, context: TransformationContext) => MaybePromise<EventContent | undefined>)
    | undefined;
  /** Undoes `encode`. Only called with what it made. */
  decode(event: EventDetail, context: TransformationContext): MaybePromise<ProtectedContent>;
  /**
   * What `encode` put elsewhere of an event that it made, in the words of people: `s3://bucket/key`. Whoever erases an event
   * is told, as nothing refers to it any more.
   */
  readonly referencesOf?: ((event: EventDetail, context: TransformationContext) => readonly string[]) | undefined;
  /** For whoever keeps something that was made of events. One transformation of an adapter can have it. */
  readonly protection?: ContentProtection | undefined;
}

/**
 * Knows what events must look like, and how older ones become what they are today.
 *
 * @example
 * const renamed = defineTransformation({
 *   name: 'renamed',
 *   schemaVersionOf: type => (type === 'POKEMON_CAUGHT' ? 1 : 0),
 *   fingerprint: () => 'renamed-1',
 *   parse: ({ payload, metadata }) => ({ payload, metadata }),
 *   upcast: ({ type, payload, metadata }, { schemaVersion }) => ({
 *     type: schemaVersion === 0 && type === 'CAUGHT' ? 'POKEMON_CAUGHT' : type,
 *     payload,
 *     metadata,
 *   }),
 * });
 */
export interface EventEvolution {
  /** A letter, then letters, digits and hyphens. */
  readonly name: string;
  /** What is stored of an event that is pushed: checked, and with defaults and coercions. What it throws is thrown by the push. */
  parse(event: EventDetail, context: TransformationContext): MaybePromise<EventContent>;
  /** The version of the shape in which events of a type are written now, from 1. */
  schemaVersionOf(type: string, context: TransformationContext): number;
  /** The event, which was written at a version of its shape, in its shape of today. */
  upcast(event: EventDetail, context: UpcastContext): EventShape;
  /** What reads return of an event that was upcast, if they check events too. */
  readonly validate?: ((event: EventDetail, context: TransformationContext) => MaybePromise<EventContent>) | undefined;
  /** Another text whenever events that are stored are read in another shape; empty as long as they are read as they are. */
  fingerprint(context: TransformationContext): string;
}

/** What may happen to an event between the code and the table. `defineTransformation` makes one. */
export type EventTransformation = EventEncoding | EventEvolution;

export const isEvolution = (transformation: EventTransformation): transformation is EventEvolution =>
  'upcast' in transformation;
