import { deepStrictEqual } from 'node:assert/strict';

import { allTransformations } from '@castore-dynamodb/testing/allTransformations';
import { describeOnEveryEngine } from '@castore-dynamodb/testing/engines';
import { useObjectServer } from '@castore-dynamodb/testing/objectServer';
import { PRESET_TIMEOUT_MS } from '@castore-dynamodb/testing/preset';
import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import { EventsModel } from './programs/eventsModel.js';
import { MAX_WRITERS, programs } from './programs/programs.js';
import { createSystem, STORES } from './programs/system.js';

const sorted = (places: object[]): string[] => places.map(place => JSON.stringify(place)).toSorted();

/** Pushes, groups, races, reads and listings over three event stores in both layouts, beside a map that does the same. */
const shapes = { HAPPENED: { upcasters: [() => ({})] } };
const WAYS = [
  ['', []],
  [
    ' with all transformations',
    allTransformations(useObjectServer(), Object.fromEntries(STORES.map(({ eventStoreId }) => [eventStoreId, shapes]))),
  ],
] as const;

describeOnEveryEngine('a random program', engine => {
  describe.each(WAYS)('on adapters%s', (_, transformations) => {
    const system = createSystem(engine, MAX_WRITERS, transformations);

    beforeAll(() => system.create());
    afterAll(() => system.delete());

    it(
      'does at every step what a map in memory does, and stores nothing else',
      async () => {
        const property = fc.asyncProperty(programs, async program => {
          const model = new EventsModel();
          try {
            await fc.asyncModelRun(() => ({ model, real: system }), program);
            deepStrictEqual(sorted(await system.storedPlaces()), sorted(model.places()));
          } finally {
            await system.empty();
          }
        });
        await checkProperty(property, { quick: 4, soak: 10_000, soakSeconds: 100 });
      },
      PRESET_TIMEOUT_MS,
    );
  });
});
