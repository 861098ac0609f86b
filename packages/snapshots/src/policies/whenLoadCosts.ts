import { checkObject, checkPositive } from '../checkArgument.js';
import type { SnapshotPolicy } from './policy.js';

/**
 * A snapshot when a load had to read events of more than `readUnits` (4 KB each) after the last one. Never on a push,
 * of which nothing is known but its version.
 *
 * @throws InvalidArgumentError
 */
export const whenLoadCosts = (options: { readUnits: number }): SnapshotPolicy => {
  checkObject(options, 'options');
  const { readUnits } = options;
  checkPositive(readUnits, 'options.readUnits');
  const isDue: SnapshotPolicy = occasion => occasion.trigger === 'load' && occasion.readUnits > readUnits;
  return Object.assign(isDue, { tail: { readUnits } });
};
