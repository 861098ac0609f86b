import { setTimeout as sleep } from 'node:timers/promises';

const TIMEOUT_MS = 20_000;

/** Repeats expectations until they hold; fails as they do if they never hold. */
export const eventually = async (expectations: () => void | Promise<void>): Promise<void> => {
  const start = performance.now();
  for (;;) {
    try {
      await expectations();
      return;
    } catch (error) {
      if (performance.now() - start > TIMEOUT_MS) throw error;
      await sleep(20);
    }
  }
};
