import { PRESET_TIMEOUT_MS } from '@castore-dynamodb/testing/preset';
import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import { DynamoDbSnapshotStorage } from '../../src/index.js';
import { newAggregateId } from '../pokemons.js';
import { describeOnEveryTable } from '../support.js';
import { programs } from './programs.js';
import { runProgram } from './runProgram.js';

describeOnEveryTable('a random program', ({ eventStore, tableName, dynamoDbClient }) => {
  it(
    'loads at every step what a full replay gives',
    async () => {
      const retentions = fc.option(fc.record({ newest: fc.integer({ min: 1, max: 3 }) }), { nil: undefined });
      const property = fc.asyncProperty(
        programs,
        retentions,
        fc.boolean(),
        async (program, retention, isTransactional) => {
          const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient, ...(retention && { retention }) });
          const transactional = isTransactional ? storage : undefined;
          await runProgram({ eventStore, storage, transactional }, newAggregateId(), program);
        },
      );
      await checkProperty(property, { quick: 4, soak: 2_000 });
    },
    PRESET_TIMEOUT_MS,
  );
});
