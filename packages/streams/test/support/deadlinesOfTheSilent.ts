import { onSilence } from '@castore-dynamodb/testing/impatient';

import { TIMEOUTS } from '../../src/timeouts.js';

/**
 * For the tests of a block: `TIMEOUTS.request` is over for the requests under way as soon as a server has fallen silent. All others
 * have its half minute. A deadline that is short enough for tests would be too short for a busy machine.
 */
export const useDeadlinesOfTheSilent = (): void => {
  let stop = (): void => {};

  beforeEach(() => {
    const { setTimeout: start, clearTimeout: clear } = globalThis;
    const deadlines = new Map<NodeJS.Timeout, () => void>();
    jest.spyOn(globalThis, 'setTimeout').mockImplementation((end: () => void, milliseconds?: number) => {
      const timer = start(end, milliseconds);
      if (milliseconds === TIMEOUTS.request) deadlines.set(timer, end);
      return timer;
    });
    jest.spyOn(globalThis, 'clearTimeout').mockImplementation(timer => {
      deadlines.delete(timer as NodeJS.Timeout);
      clear(timer);
    });
    stop = onSilence(() => {
      for (const [timer, end] of deadlines) {
        clearTimeout(timer);
        end();
      }
    });
  });
  afterEach(() => {
    stop();
    jest.restoreAllMocks();
  });
};
