import { checkPositive } from '../checkArgument.js';
import type { SnapshotPolicy } from './policy.js';

/**
 * A snapshot at every version that is a multiple of `n`, when its event is pushed; and when a load had to read `n` events
 * or more, since pushes elsewhere went on without.
 *
 * Small numbers make loads cheap and pushes dear. A load reads at most `n + 1` events beside the snapshot in the usual
 * case, a push of every nth event causes two reads and a write in the background.
 *
 * @throws InvalidArgumentError
 */
export const everyNEvents = (n: number): SnapshotPolicy => {
  checkPositive(n, 'n', { integer: true });
  const isDue: SnapshotPolicy = occasion =>
    occasion.trigger === 'push' ? occasion.version % n === 0 : occasion.events >= n;
  // The snapshot's own event, and the n after it while the next snapshot is being written.
  return Object.assign(isDue, { tail: { events: n + 1 } });
};
