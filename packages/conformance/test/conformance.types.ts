import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { expectTypeOf } from 'expect-type';
import type * as vitest from 'vitest';

import { type CheckId, describeEventStorageAdapter, type TestRunner } from '../src/index.js';

const createAdapter = (): InMemoryEventStorageAdapter => new InMemoryEventStorageAdapter();

// Known failures are ids of checks, and nothing else.
describeEventStorageAdapter('adapter', {
  createAdapter,
  knownFailures: ['limit is exact', "a group's timestamp spreads"],
});
// @ts-expect-error No check has this id.
describeEventStorageAdapter('adapter', { createAdapter, knownFailures: ['limit is nice'] });
expectTypeOf<string>().not.toExtend<CheckId>();

describeEventStorageAdapter('adapter', { createAdapter, lacks: ['groups', 'listing', 'bigint', 'binary', 'sets'] });
// @ts-expect-error Reading events is not an ability: without it there is no adapter.
describeEventStorageAdapter('adapter', { createAdapter, lacks: ['reading'] });

// @ts-expect-error An adapter there must be.
describeEventStorageAdapter('adapter', {});
// @ts-expect-error This is no adapter.
describeEventStorageAdapter('adapter', { createAdapter: () => ({ getEvents: async () => ({ events: [] }) }) });

expectTypeOf<{ describe: typeof describe; it: typeof it }>().toExtend<TestRunner>();
expectTypeOf<Pick<typeof vitest, 'describe' | 'it'>>().toExtend<TestRunner>();
