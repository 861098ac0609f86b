import type { EventDetail, EventStoreContext, OptionalTimestamp } from '@castore/core';

import type { CheckId } from '../../src/index.js';
import type { ReferenceAdapter } from '../referenceAdapter.js';

/** An adapter with one thing wrong, and a check that must notice. */
export interface Defect {
  defect: string;
  breaks: CheckId;
  Adapter: typeof ReferenceAdapter;
}

export type GivenEvent = OptionalTimestamp<EventDetail>;
export type PushOptions = EventStoreContext & { force?: boolean };

/** Lets others go first, as every request does. */
export const nextTurn = async (): Promise<void> => new Promise(resolve => setImmediate(resolve));
