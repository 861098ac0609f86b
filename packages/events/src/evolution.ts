import type { EventDetail } from '@castore/core';
import {
  defineTransformation,
  type EventContent,
  type EventEvolution,
  type EventShape,
  type TransformationContext,
  UnreadableEventError,
  type UpcastContext,
} from '@castore-dynamodb/adapter';
import { checkOneOf, checkOptions, checkPlainObject, type OptionNames } from '@castore-dynamodb/commons';

import { applyUpcaster } from './applyUpcaster.js';
import { EventTransformationError, InvalidEventError } from './errors.js';
import { checkShapes, copyShapes, type EventStoreShapes, type TypeShape } from './eventStoreShapes.js';
import { type OnSchemaFailure, parseContent } from './parseContent.js';

export interface EvolutionOptions {
  /** By the ids of event stores: what their events look like. `shapesOf` checks them against an event store's types. */
  eventStores: Readonly<Record<string, EventStoreShapes>>;
  /**
   * When schemas are applied. `push`: what they return is stored, with defaults and coercions, and is what `pushEvent`
   * returns. `read`: to what is read, after its upcasters. A schema whose output is no input of it cannot be used for both.
   *
   * @default 'push'
   */
  validate?: 'push' | 'read' | 'both' | 'never';
  /**
   * What becomes of an event, pushed or read, of a type that is not among those of its event store here.
   *
   * @default 'keep'
   */
  unknownTypes?: 'keep' | 'refuse';
}

const OPTIONS = { eventStores: true, validate: true, unknownTypes: true } satisfies OptionNames<EvolutionOptions>;

/**
 * A transformation that knows what events look like: it checks and completes those that are pushed, and brings stored ones
 * into their shape of today. The stored items stay as they are.
 *
 * Costs no request. An event that is pushed in a shape after the first has the attribute `schemaVersion`, about 15 bytes.
 *
 * @throws InvalidArgumentError
 *
 * @example
 * const adapter = new DynamoDbSingleTableEventStorageAdapter({
 *   tableName: 'events',
 *   dynamoDbClient,
 *   transformations: [
 *     evolution({
 *       eventStores: {
 *         POKEMONS: {
 *           POKEMON_CAUGHT: { upcasters: [({ payload }) => ({ payload: { ball: 'poke', ...(payload as object) } })] },
 *         },
 *       },
 *     }),
 *   ],
 * });
 */
export const evolution = (options: EvolutionOptions): EventEvolution => {
  checkOptions(options, 'options', OPTIONS);
  const { eventStores, validate = 'push', unknownTypes = 'keep' } = options;
  checkPlainObject(eventStores, 'options.eventStores');
  checkOneOf(validate, 'options.validate', ['push', 'read', 'both', 'never']);
  checkOneOf(unknownTypes, 'options.unknownTypes', ['keep', 'refuse']);
  const stores = new Map(
    Object.entries(eventStores).map(([id, shapes]) => {
      checkShapes(shapes, `options.eventStores.${id}`);
      return [id, copyShapes(shapes)] as const;
    }),
  );

  const shapeOf = (type: string, { eventStoreId }: TransformationContext): TypeShape | undefined => {
    const shapes = stores.get(eventStoreId);
    return shapes !== undefined && Object.hasOwn(shapes, type) ? shapes[type] : undefined;
  };
  const refusesUnknown = (type: string, context: TransformationContext): boolean =>
    unknownTypes === 'refuse' && stores.has(context.eventStoreId) && shapeOf(type, context) === undefined;
  const schemaVersionOf = (type: string, context: TransformationContext): number =>
    (shapeOf(type, context)?.upcasters?.length ?? 0) + 1;
  const parse = (event: EventDetail, context: TransformationContext, onFailure: OnSchemaFailure) =>
    parseContent(event, shapeOf(event.type, context), context, onFailure);

  return defineTransformation({
    name: 'evolution',
    schemaVersionOf,
    parse: (event: EventDetail, context: TransformationContext): EventContent | Promise<EventContent> => {
      if (refusesUnknown(event.type, context)) {
        throw new InvalidEventError({ ...event, ...context }, event.type, [
          { path: ['type'], message: 'The event store has no such type.' },
        ]);
      }
      const newName = shapeOf(event.type, context)?.renamedTo;
      if (newName !== undefined) {
        throw new InvalidEventError({ ...event, ...context }, event.type, [
          { path: ['type'], message: `It was renamed: push ${JSON.stringify(newName)}.` },
        ]);
      }
      if (validate !== 'push' && validate !== 'both') return event;
      return parse(event, context, (what, cause) => {
        throw new EventTransformationError({ ...event, ...context }, what, cause);
      });
    },
    upcast: (event: EventDetail, context: UpcastContext): EventShape => {
      let shape: EventShape = event;
      let { schemaVersion } = context;
      const refuse = (path: string, reason: string, cause?: unknown): never => {
        throw new UnreadableEventError({ ...event, ...context }, path, reason, { cause });
      };
      for (;;) {
        const { type } = shape;
        if (refusesUnknown(type, context)) return refuse('type', `the evolution has no type ${JSON.stringify(type)}.`);
        const newest = schemaVersionOf(type, context);
        if (schemaVersion > newest) {
          return refuse(
            'schemaVersion',
            `newer code wrote it, at version ${schemaVersion} of ${JSON.stringify(type)}; this code knows version ${newest}. Deploy the newer code here too.`,
          );
        }
        const { upcasters = [], renamedTo } = shapeOf(type, context) ?? {};
        // Upcasters know nothing of events without content.
        for (const [index, upcaster] of context.isErased === true
          ? []
          : [...upcasters.entries()].slice(schemaVersion - 1)) {
          const name = `upcasters[${index}] of ${JSON.stringify(type)}`;
          shape = applyUpcaster(upcaster, shape, (path, problem, cause) => refuse(path, `${name} ${problem}`, cause));
          if (shape.type === type || !refusesUnknown(shape.type, context)) continue;
          return refuse('type', `${name} made it ${JSON.stringify(shape.type)}, and the evolution has no such type.`);
        }
        if (renamedTo === undefined || shape.type !== type) return shape;
        shape = { ...shape, type: renamedTo };
        schemaVersion = 1;
      }
    },
    validate:
      validate === 'read' || validate === 'both'
        ? (event: EventDetail, context: TransformationContext) =>
            parse(event, context, (what, cause) => {
              throw new UnreadableEventError({ ...event, ...context }, 'payload', `${what} failed.`, { cause });
            })
        : undefined,
    fingerprint: ({ eventStoreId }: TransformationContext): string =>
      Object.entries(stores.get(eventStoreId) ?? {})
        .filter(([, { upcasters = [], renamedTo }]) => upcasters.length > 0 || renamedTo !== undefined)
        .map(([type, { upcasters = [], renamedTo }]) => JSON.stringify([type, upcasters.length, renamedTo]))
        .toSorted()
        .join(),
  });
};
