import type { EventType, EventTypeDetail } from '@castore/core';
import {
  checkFunction,
  checkOptions,
  checkPlainObject,
  checkString,
  InvalidArgumentError,
  type OptionNames,
  refuse,
} from '@castore-dynamodb/commons';

import type { StandardSchema } from './standardSchema.js';

/**
 * An event in the shape of one version, as an upcaster gets it.
 *
 * @example
 * const addBall = ({ payload }: OldEvent): Upcast => ({ payload: { ball: 'poke', ...(payload as object) } });
 */
export interface OldEvent {
  readonly type: string;
  readonly payload: unknown;
  readonly metadata: unknown;
}

/** What an upcaster changes of an event; what it leaves out stays. */
export interface Upcast<PAYLOAD = unknown, METADATA = unknown> {
  type?: string;
  payload?: PAYLOAD;
  metadata?: METADATA;
}

/** Brings an event from the shape of one version into that of the next. Must not change what it gets. */
export type Upcaster<PAYLOAD = unknown, METADATA = unknown> = (event: OldEvent) => Upcast<PAYLOAD, METADATA>;

/**
 * What events of a type look like, and looked like.
 *
 * @example
 * const caughtShape: TypeShape = { upcasters: [({ payload }) => ({ payload: { ball: 'poke', ...(payload as object) } })] };
 */
export interface TypeShape<PAYLOAD = unknown, METADATA = unknown> {
  /** Of the payload: any Standard Schema (zod, valibot, arktype…), sync or async. */
  readonly schema?: StandardSchema<PAYLOAD>;
  readonly metadataSchema?: StandardSchema<METADATA>;
  /** Castore's own way to check whole events; used if there is no schema. */
  readonly parseEventDetail?: NonNullable<EventType['parseEventDetail']>;
  /** The first makes the second version of the first, and so on. Append to them; never change or remove one. */
  readonly upcasters?: readonly Upcaster[] | readonly [...Upcaster[], Upcaster<PAYLOAD, METADATA>];
  /**
   * The type's name of today, which is listed too: its upcasters run after these, from its first version on, and its schemas
   * apply. Events are no longer pushed by the old name.
   */
  readonly renamedTo?: string;
}

/**
 * By the types' names.
 *
 * @example
 * const shapes: EventStoreShapes = { CAUGHT: { renamedTo: 'POKEMON_CAUGHT' }, POKEMON_CAUGHT: {} };
 * const evolved = evolution({ eventStores: { POKEMONS: shapes } });
 */
export type EventStoreShapes = Readonly<Record<string, TypeShape>>;

/** Of a type's name of today, its shapes; of any other name, what it was renamed to. */
type ShapeOf<EVENT_TYPE extends EventType, TYPE extends string> = TYPE extends EVENT_TYPE['type']
  ? TypeShapeOf<EventTypeDetail<Extract<EVENT_TYPE, { type: TYPE }>>>
  : { readonly renamedTo: EVENT_TYPE['type']; readonly upcasters?: readonly Upcaster[] };

type Member<DETAIL, NAME extends string> = DETAIL extends { [KEY in NAME]?: infer VALUE } ? VALUE : unknown;

type TypeShapeOf<DETAIL> = Omit<
  TypeShape<Member<DETAIL, 'payload'>, Member<DETAIL, 'metadata'>>,
  'upcasters' | 'renamedTo'
> & {
  readonly upcasters?: readonly [...Upcaster[], Upcaster<Member<DETAIL, 'payload'>, Member<DETAIL, 'metadata'>>];
};

/**
 * The same shapes, checked against the event types by the compiler: schemas and last upcasters make payloads of their type,
 * and a type that is not one of them can only be `renamedTo` one of them.
 *
 * @example
 * const shapes = shapesOf(pokemons.eventTypes, {
 *   POKEMON_CAUGHT: { schema: ballSchema },
 *   // Events of this name are read as POKEMON_CAUGHT.
 *   POKEMON_TRAPPED: { renamedTo: 'POKEMON_CAUGHT' },
 * });
 * const evolved = evolution({ eventStores: { POKEMONS: shapes } });
 */
export const shapesOf = <EVENT_TYPE extends EventType, TYPE extends string>(
  _eventTypes: readonly EVENT_TYPE[],
  shapes: { readonly [NAME in TYPE]: ShapeOf<EVENT_TYPE, NAME> },
): Readonly<Record<TYPE, TypeShape>> => shapes;

const OPTIONS = {
  schema: true,
  metadataSchema: true,
  parseEventDetail: true,
  upcasters: true,
  renamedTo: true,
} satisfies OptionNames<TypeShape>;

/** @throws InvalidArgumentError */
export const checkShapes = (shapes: EventStoreShapes, argument: string): void => {
  checkPlainObject(shapes, argument);
  for (const [type, shape] of Object.entries(shapes)) {
    const place = `${argument}.${type}`;
    checkPlainObject(shape, place);
    checkOptions(shape, place, OPTIONS);
    const { upcasters, renamedTo, parseEventDetail } = shape;
    if (parseEventDetail !== undefined) checkFunction(parseEventDetail, `${place}.parseEventDetail`);
    for (const name of ['schema', 'metadataSchema'] as const) {
      if (shape[name] !== undefined && typeof shape[name]?.['~standard']?.validate !== 'function') {
        refuse(`${place}.${name}`, 'a Standard Schema', shape[name]);
      }
    }
    if (upcasters !== undefined) {
      if (!Array.isArray(upcasters)) refuse(`${place}.upcasters`, 'an array of functions', upcasters);
      [...upcasters].forEach((upcaster, index) => checkFunction(upcaster, `${place}.upcasters[${index}]`));
    }
    if (renamedTo !== undefined) checkRename(shapes, type, place);
  }
};

/** The same, whatever becomes of the objects that were given. */
export const copyShapes = (shapes: EventStoreShapes): EventStoreShapes =>
  Object.fromEntries(
    Object.entries(shapes).map(([type, shape]) => [
      type,
      { ...shape, ...(shape.upcasters && { upcasters: [...shape.upcasters] }) },
    ]),
  );

/** What an old name cannot have: its events are those of the new name when they are checked. */
const OF_NEW_NAME = ['schema', 'metadataSchema', 'parseEventDetail'] as const;

const checkRename = (shapes: EventStoreShapes, start: string, place: string): void => {
  for (const name of OF_NEW_NAME) {
    if (shapes[start]?.[name] === undefined) continue;
    throw new InvalidArgumentError(
      `${place}.${name}`,
      'events of a renamed type are checked by their new name: give it there.',
    );
  }
  const seen = new Set<string>();
  for (let type: string | undefined = start; type !== undefined; ) {
    if (seen.has(type)) throw new InvalidArgumentError(`${place}.renamedTo`, 'the renames lead back to the first one.');
    seen.add(type);
    const next: string | undefined = shapes[type]?.renamedTo;
    if (next !== undefined) {
      checkString(next, `${place}.renamedTo`);
      if (!Object.hasOwn(shapes, next)) {
        throw new InvalidArgumentError(
          `${place}.renamedTo`,
          `there is no type ${JSON.stringify(next)} here. If the name is right, list it, if only as {}.`,
        );
      }
    }
    type = next;
  }
};
