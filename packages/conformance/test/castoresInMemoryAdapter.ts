import type { EventStorageAdapter } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';

import type { TestedAdapter } from './testedAdapter.js';

export const CASTORES_IN_MEMORY_ADAPTER = {
  name: 'InMemoryEventStorageAdapter',
  package: '@castore/event-storage-adapter-in-memory',
  column: "Castore's, in memory",
  createAdapter: () => new InMemoryEventStorageAdapter(),
  knownFailures: {
    always: [
      'an undefined timestamp is now',
      'stored events are out of reach',
      'versions are positive integers',
      'incomplete events are refused',
      'events are in version order',
      'senseless limits are refused',
      'aggregate ids hold any character',
      'senseless listing limits are refused',
      'a page token that is none is refused',
      'an altered page token is refused',
      'a forged page token is refused',
      "another event store's page token is refused",
      'an undefined timestamp is none in a group',
      "a group's timestamp spreads",
      'different timestamps in a group are refused',
      'a refused group is not listed',
      'a group without events is refused',
    ],
  },
} as const satisfies TestedAdapter & { createAdapter: () => EventStorageAdapter };
