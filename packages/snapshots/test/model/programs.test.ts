import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { PRESET_TIMEOUT_MS } from '@castore-dynamodb/testing/preset';
import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import { InMemorySnapshotStorage } from '../../src/index.js';
import { newAggregateId, newPokemons } from '../pokemons.js';
import { programs } from './programs.js';
import { runProgram } from './runProgram.js';

describe('a random program in memory', () => {
  it(
    'loads at every step what a full replay gives',
    async () => {
      const property = fc.asyncProperty(programs, async program => {
        const eventStore = newPokemons(new InMemoryEventStorageAdapter());
        const restore = async (_: string, events: readonly object[]) => {
          eventStore.eventStorageAdapter = new InMemoryEventStorageAdapter({ initialEvents: [...events] as never });
        };
        await runProgram({ eventStore, storage: new InMemorySnapshotStorage(), restore }, newAggregateId(), program);
      });
      await checkProperty(property, { quick: 75, soak: 50_000 });
    },
    PRESET_TIMEOUT_MS,
  );
});
