import * as fc from 'fast-check';

import { givenSeed, preset } from './preset.js';

/**
 * What a failure printed, given back: `TEST_SEED` and `TEST_PATH` lead to the shrunk case, `TEST_REPLAY_PATH` is for
 * programs (`fc.commands`) in addition.
 */
const { TEST_PATH: givenPath, TEST_REPLAY_PATH: givenReplayPath } = process.env;

/** For `fc.commands`. */
export const replayOptions = givenReplayPath ? { replayPath: givenReplayPath } : {};

/** Checks a property with random values; a failure shrinks them, and says how to run the same case again. */
export const checkProperty = async <VALUES>(
  property: fc.IAsyncProperty<VALUES>,
  runs: { quick: number; soak: number },
): Promise<void> => {
  const parameters: fc.Parameters<VALUES> = {
    numRuns: preset(runs),
    // Shrinking asks a real engine again and again: a case that is almost the smallest, soon, is worth more.
    interruptAfterTimeLimit: preset({ quick: 45_000, soak: 14 * 60_000 }),
    markInterruptAsFailure: false,
    ...(givenSeed === undefined ? {} : { seed: givenSeed }),
    ...(givenPath ? { path: givenPath, endOnFailure: true } : {}),
  };
  const details = await fc.check(property, parameters);
  if (!details.failed) return;

  const report = (await fc.asyncDefaultReportMessage(details)) ?? '';
  const replayPath = /replayPath=\\?"([^"\\]*)/.exec(report)?.[1];
  const variables = [
    `TEST_SEED=${details.seed}`,
    `TEST_PATH=${details.counterexamplePath}`,
    ...(replayPath === undefined ? [] : [`TEST_REPLAY_PATH=${replayPath}`]),
  ];
  throw new Error(`${report}\n\nRun this case again: ${variables.join(' ')} npx jest <this file> -t '<this test>'`, {
    cause: details.errorInstance,
  });
};
