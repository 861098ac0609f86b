import type { TestStores } from './support/testStores.js';

/**
 * What an adapter may lack without breaking Castore's contract; the checks about it are then skipped. What is lacking
 * must still be refused, never dropped: that is a check of its own, for every adapter.
 *
 * - `groups`: several events in one write. A storage without transactions has none.
 * - `listing`: aggregate ids by the time of their first event. A storage without an index has none.
 * - `bigint`, `binary` (`Uint8Array`) and `sets` (`Set`) in payload and metadata. JSON has none of them.
 */
export type Ability = 'groups' | 'listing' | 'bigint' | 'binary' | 'sets';

/** `elsewhere`: a second place to store events in, which the option `createAdapterElsewhere` opens. */
export type Need = Ability | 'elsewhere';

export interface Check {
  /** What a user may rely on if the check passes. One sentence. */
  readonly promise: string;
  /** Without any of these, the promise means nothing. */
  readonly needs?: readonly Need[];
  /** Rejects if the promise is broken. */
  readonly run: (stores: TestStores) => Promise<void>;
}

export type Checks = Readonly<Record<string, Check>>;
