import { differencesBetween } from '../state/differences.js';
import type { Change } from './api.js';

/** So many are listed; a state that changed in more members is better read as a whole. */
const MAX_CHANGES = 1000;

/** How a state in exact JSON differs from the one before. */
export const differenceBetween = (before: unknown, after: unknown): Change[] => {
  const changes: Change[] = [];
  for (const change of differencesBetween(before, after)) {
    if (changes.push(change) === MAX_CHANGES) break;
  }
  return changes;
};
