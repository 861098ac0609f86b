import type { EngineName } from '@castore-dynamodb/local';

import type { CheckId } from '../src/index.js';

/** Which promises an adapter is known to break. The tests hold these lists to what really happens, in both directions. */
export interface KnownFailures {
  always: readonly CheckId[];
  /** On one engine only: there, the engine's answer decides what the adapter does. */
  only?: Partial<Record<EngineName, readonly CheckId[]>>;
}

/** An adapter whose promises the site shows. */
export interface TestedAdapter {
  name: string;
  package: string;
  /** Heads the adapter's column on the page. */
  column: string;
  knownFailures: KnownFailures;
}
