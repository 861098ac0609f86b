import type { EventTransformation } from '@castore-dynamodb/adapter';
import { encryption, largeEvents, type StandardSchema } from '@castore-dynamodb/events';
import { allTransformations, subjectKeys } from '@castore-dynamodb/testing/allTransformations';
import type { ObjectServer } from '@castore-dynamodb/testing/objectServer';
import { preset } from '@castore-dynamodb/testing/preset';
import { levels, sealed } from '@castore-dynamodb/testing/transformations';

/** Transformations under which every reader must read the same. To cover another one, add a set. */
export interface TransformationSet {
  readonly name: string;
  /** A new list for each adapter; the first is the one that evolves events. */
  readonly transformations: (server: ObjectServer) => [EventTransformation, ...EventTransformation[]];
  /** Whether they undo at once what they did. */
  readonly isSync: boolean;
  /** What the item's attribute `encoding` says. */
  readonly encoding: string;
  /** A text in the payload of the second event. */
  readonly text?: string;
}

/** As `levels` does it, by `evolution`. */
const schema: StandardSchema<{ level: number; source?: string; text?: string }> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: value => ({ value: { source: 'game', ...(value as { level: number }) } }),
  },
};
const SHAPES = {
  POKEMON_LEVELED: { schema, upcasters: [() => ({})] },
  LEVELED: {
    upcasters: [({ payload }: { payload: unknown }) => ({ payload: { level: (payload as { lvl: number }).lvl } })],
    renamedTo: 'POKEMON_LEVELED',
  },
};

/** More than an item takes. */
const LARGE = preset({ quick: 500_000, soak: 3_000_000 });

export const TRANSFORMATION_SETS: readonly TransformationSet[] = [
  {
    name: 'undone at once',
    transformations: () => [levels(), sealed('inner'), sealed('outer', { key: 0x33 })],
    isSync: true,
    encoding: 'inner,outer',
  },
  {
    name: 'undone later',
    transformations: () => [
      levels({ isLater: true }),
      sealed('inner', { isLater: true }),
      sealed('outer', { key: 0x33, isLater: true }),
    ],
    isSync: false,
    encoding: 'inner,outer',
  },
  {
    name: 'compressed',
    transformations: () => [levels(), largeEvents({ compressFrom: 1 })],
    isSync: true,
    encoding: 'largeEvents',
    text: 'x'.repeat(10_000),
  },
  {
    name: `of ${LARGE} bytes, in S3`,
    transformations: server => [
      levels(),
      largeEvents({ offload: { s3Client: server.client(), bucketName: server.bucketName, from: 1 } }),
    ],
    isSync: false,
    encoding: 'largeEvents',
    text: 'x'.repeat(LARGE),
  },
  {
    name: 'encrypted',
    transformations: () => [
      levels(),
      encryption({
        keys: subjectKeys,
        subjectOf: ({ aggregateId }) => aggregateId,
        fields: { POKEMONS: { POKEMON_LEVELED: ['payload.text', 'payload.level', 'metadata'] } },
      }),
    ],
    isSync: false,
    encoding: 'encryption',
    text: 'x'.repeat(1000),
  },
  {
    name: `evolved, encrypted, of ${LARGE} bytes in S3`,
    transformations: server => allTransformations(server, { POKEMONS: SHAPES }),
    isSync: false,
    encoding: 'encryption,largeEvents',
    text: 'x'.repeat(LARGE),
  },
];
