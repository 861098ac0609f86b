import * as fc from 'fast-check';

import { givenSeed, isSoak, preset } from './preset.js';

/**
 * What a failure printed, given back: `TEST_SEED` and `TEST_PATH` lead to the shrunk case, `TEST_REPLAY_PATH` is for
 * programs (`fc.commands`) in addition.
 */
const { TEST_PATH: givenPath, TEST_REPLAY_PATH: givenReplayPath } = process.env;

/** For `fc.commands`. */
export const replayOptions = givenReplayPath ? { replayPath: givenReplayPath } : {};

export interface PropertyRuns {
  /** Cases within `npm test`. */
  quick: number;
  /** Cases in the long preset at most. */
  soak: number;
  /** How long the long preset may take over them. @default 15 */
  soakSeconds?: number;
}

/** Checks a property with random values; a failure shrinks them, and says how to run the same case again. */
export const checkProperty = async <VALUES>(
  property: fc.IAsyncProperty<VALUES>,
  { quick, soak, soakSeconds = 15 }: PropertyRuns,
): Promise<void> => {
  const lastCase = trackCases(property);
  const details = await fc.check(property, {
    numRuns: preset({ quick, soak }),
    // For shrinking too, which asks a real engine again and again: a case that is almost the smallest will do.
    interruptAfterTimeLimit: preset({ quick: 45, soak: soakSeconds }) * 1_000,
    markInterruptAsFailure: false,
    ...(givenSeed === undefined ? {} : { seed: givenSeed }),
    ...(givenPath ? { path: givenPath, endOnFailure: true } : {}),
  });
  // After the time limit, a case may still run: its tables must not be taken away.
  await lastCase();
  if (isSoak) console.log(`${details.numRuns} random cases: ${expect.getState().currentTestName}`);
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

/** Waits for the case that was begun last, however it ends. */
const trackCases = <VALUES>(property: fc.IAsyncProperty<VALUES>): (() => Promise<unknown>) => {
  const run = property.run.bind(property);
  let last: Promise<unknown> = Promise.resolve();
  property.run = (...args) => {
    const result = run(...args);
    last = result.catch(() => {});
    return result;
  };
  return () => last;
};
