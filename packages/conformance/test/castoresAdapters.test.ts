import { preset } from '@castore-dynamodb/testing/preset';

import { describeEventStorageAdapter } from '../src/index.js';
import { CASTORES_IN_MEMORY_ADAPTER } from './castoresInMemoryAdapter.js';
import { describeDynamoDbAdapters } from './describeDynamoDbAdapters.js';
import { CASTORES_DYNAMODB_ADAPTERS } from './testedAdapters.js';

// They change when Castore does: within `npm test`, the one that Castore recommends.
describeDynamoDbAdapters(preset({ quick: CASTORES_DYNAMODB_ADAPTERS.slice(0, 1), soak: CASTORES_DYNAMODB_ADAPTERS }));

const { name, package: packageName, createAdapter, knownFailures } = CASTORES_IN_MEMORY_ADAPTER;

describe(`${name} of ${packageName}`, () => {
  describeEventStorageAdapter('keeps the contract', {
    createAdapter,
    createAdapterElsewhere: createAdapter,
    knownFailures: knownFailures.always,
  });
});
