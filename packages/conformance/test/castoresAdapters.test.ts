import { describeEventStorageAdapter } from '../src/index.js';
import { CASTORES_IN_MEMORY_ADAPTER } from './castoresInMemoryAdapter.js';
import { describeDynamoDbAdapters } from './describeDynamoDbAdapters.js';
import { CASTORES_DYNAMODB_ADAPTERS } from './testedAdapters.js';

describeDynamoDbAdapters(CASTORES_DYNAMODB_ADAPTERS);

const { name, package: packageName, createAdapter, knownFailures } = CASTORES_IN_MEMORY_ADAPTER;

describe(`${name} of ${packageName}`, () => {
  describeEventStorageAdapter('keeps the contract', {
    createAdapter,
    createAdapterElsewhere: createAdapter,
    knownFailures: knownFailures.always,
  });
});
