import type { EventStore, EventType } from '@castore/core';
import { checkObject } from '@castore-dynamodb/commons';

import type { TypeShape } from './eventStoreShapes.js';
import type { StandardSchema } from './standardSchema.js';

/**
 * The schemas of an event store's types: of a type with Castore's `parseEventDetail`, that; of a `ZodEventType` (with zod 3.24
 * or newer) or whatever has Standard Schemas as `payloadSchema` and `metadataSchema`, these. The other types have none: a
 * `JSONSchemaEventType` has schemas that nothing here can run, unless it is given a `parseEventDetail`.
 *
 * Spread it, to add upcasters to a type: `{ ...schemas, CAUGHT: { ...schemas.CAUGHT, upcasters: […] } }`.
 *
 * @throws InvalidArgumentError
 *
 * @example
 * const { POKEMON_CAUGHT: caughtShape, ...others } = schemasOf(pokemons);
 * const evolved = evolution({
 *   eventStores: {
 *     POKEMONS: { ...others, POKEMON_CAUGHT: { ...caughtShape, upcasters: [({ payload }) => ({ payload })] } },
 *   },
 * });
 */
export const schemasOf = (eventStore: Pick<EventStore, 'eventTypes'>): Record<string, TypeShape> => {
  checkObject(eventStore, 'eventStore');
  return Object.fromEntries(eventStore.eventTypes.map(eventType => [eventType.type, shapeOf(eventType)]));
};

const shapeOf = (eventType: EventType): TypeShape => {
  const { payloadSchema, metadataSchema } = eventType as { payloadSchema?: unknown; metadataSchema?: unknown };
  const { parseEventDetail } = eventType;
  // Called on its event type, which it may belong to as a method.
  if (parseEventDetail !== undefined) return { parseEventDetail: parseEventDetail.bind(eventType) };
  return {
    ...(isStandard(payloadSchema) && { schema: payloadSchema }),
    ...(isStandard(metadataSchema) && { metadataSchema }),
  };
};

const isStandard = (schema: unknown): schema is StandardSchema =>
  typeof (schema as Partial<StandardSchema> | null | undefined)?.['~standard']?.validate === 'function';
