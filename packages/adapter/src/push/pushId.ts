import { randomFillSync } from 'node:crypto';

/** Enough that nobody ever pushes two events with one id, and so few that an item hardly grows. */
const SIZE = 9;

/** Random bytes in stock, since asking for a few at a time is slow. Ids are parts of it, so its bytes are never changed. */
let stock = new Uint8Array();
let used = 0;

/**
 * Random bytes that identify one push, also among pushes of equal events. They are stored in its items, so that a push
 * whose answer was lost recognises its own event when the SDK's repetition finds the version taken.
 */
export const newPushId = (): Uint8Array => {
  if (used === stock.length) {
    stock = randomFillSync(new Uint8Array(256 * SIZE));
    used = 0;
  }
  return stock.subarray(used, (used += SIZE));
};
