import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { useBucket } from '@castore-dynamodb/testing/bucket';
import { PRESET_TIMEOUT_MS } from '@castore-dynamodb/testing/preset';
import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import { S3SnapshotStorage } from '../../src/index.js';
import { newAggregateId, newPokemons } from '../pokemons.js';
import { programs } from './programs.js';
import { runProgram } from './runProgram.js';

describe('a random program with snapshots in S3', () => {
  const { bucketName, s3Client } = useBucket();

  it(
    'loads at every step what a full replay gives',
    async () => {
      const retentions = fc.option(fc.record({ newest: fc.integer({ min: 1, max: 3 }) }), { nil: undefined });
      const property = fc.asyncProperty(programs, retentions, async (program, retention) => {
        const storage = new S3SnapshotStorage({ bucketName, s3Client, ...(retention && { retention }) });
        const eventStore = newPokemons(new InMemoryEventStorageAdapter());
        await runProgram({ eventStore, storage }, newAggregateId(), program);
      });
      await checkProperty(property, { quick: 5, soak: 1_000 });
    },
    PRESET_TIMEOUT_MS,
  );
});
