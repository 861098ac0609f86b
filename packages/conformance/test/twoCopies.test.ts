import type * as AdapterPackage from '@castore-dynamodb/adapter';
import { isSoak } from '@castore-dynamodb/testing/preset';

import { describeDynamoDbAdapters } from './describeDynamoDbAdapters.js';
import { OUR_ADAPTERS } from './testedAdapters.js';

/** The package once more, with a copy of the AWS SDK of its own. Castore tells its grouped events by class: there is one. */
const loadCopy = (): typeof AdapterPackage => {
  let copy: typeof AdapterPackage | undefined;
  const castore = jest.requireActual<object>('@castore/core');
  jest.isolateModules(() => {
    jest.doMock('@castore/core', () => castore);
    copy = require('@castore-dynamodb/adapter') as typeof AdapterPackage;
  });
  return copy as typeof AdapterPackage;
};

const copy = loadCopy();
let made = 0;

// The event stores of the contract, and so the members of its groups, are of the one copy and of the other in turns.
// What one copy takes from another, in one process, is what the test of the same name in packages/adapter shows: within
// `npm test`, that is enough.
describeDynamoDbAdapters(
  OUR_ADAPTERS.filter(({ name }) => isSoak && !name.includes('Shards')).map(adapter => ({
    ...adapter,
    name: `${adapter.name}, of two copies in turns`,
    createAdapter: (tableName, client) => {
      made += 1;
      if (made % 2 === 0) return adapter.createAdapter(tableName, client);
      return adapter.layout === 'single-table'
        ? new copy.DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient: client })
        : new copy.DynamoDbEventStorageAdapter({ tableName, dynamoDbClient: client });
    },
  })),
);

it('the copies are two', async () => {
  const { DynamoDbEventStorageAdapter } = await import('@castore-dynamodb/adapter');
  expect(copy.DynamoDbEventStorageAdapter).not.toBe(DynamoDbEventStorageAdapter);
});
