import { describe, it } from 'vitest';

import { describeEventStorageAdapter } from '../../src/index.js';
import { CASTORES_IN_MEMORY_ADAPTER } from '../castoresInMemoryAdapter.js';

const { createAdapter, knownFailures } = CASTORES_IN_MEMORY_ADAPTER;

describeEventStorageAdapter("Castore's adapter in memory", {
  createAdapter,
  createAdapterElsewhere: createAdapter,
  knownFailures: knownFailures.always,
  runner: { describe, it },
});
