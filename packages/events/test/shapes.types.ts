import { EventType } from '@castore/core';
import { expectTypeOf } from 'expect-type';
import { z } from 'zod';

import { evolution, shapesOf, type TypeShape } from '../src/index.js';

const eventTypes = [
  new EventType<'CAUGHT', { level: number }, { by: string }>({ type: 'CAUGHT' }),
  new EventType<'FREED'>({ type: 'FREED' }),
];

const shapes = shapesOf(eventTypes, {
  CAUGHT: {
    schema: z.object({ level: z.number() }),
    metadataSchema: z.object({ by: z.string() }),
    // Only the last one makes today's payload.
    upcasters: [() => ({ payload: { lvl: 1 } }), () => ({ payload: { level: 1 } })],
  },
  TRAPPED: { upcasters: [({ payload }) => ({ payload })], renamedTo: 'CAUGHT' },
});
expectTypeOf(shapes).toEqualTypeOf<Readonly<Record<'CAUGHT' | 'TRAPPED', TypeShape>>>();
evolution({ eventStores: { POKEMONS: shapes } });

// @ts-expect-error: the last upcaster makes another payload
shapesOf(eventTypes, { CAUGHT: { upcasters: [() => ({ payload: { level: 'x' } })] } });

// @ts-expect-error: the schema is of another payload
shapesOf(eventTypes, { CAUGHT: { schema: z.object({ level: z.string() }) } });

// @ts-expect-error: the schema is of other metadata
shapesOf(eventTypes, { CAUGHT: { metadataSchema: z.object({ by: z.number() }) } });

// @ts-expect-error: the event store has no such type, which must have been renamed then
shapesOf(eventTypes, { COUGHT: { schema: z.object({ level: z.number() }) } });

// @ts-expect-error: the event store has no type of that name
shapesOf(eventTypes, { TRAPPED: { renamedTo: 'COUGHT' } });

// @ts-expect-error: an event of that type is today's
shapesOf(eventTypes, { CAUGHT: { renamedTo: 'FREED' } });
