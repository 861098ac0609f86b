/** `npm run test:soak` sets it: the same tests, with many more runs. */
export const isSoak = process.env.TEST_PRESET === 'soak';

/** How much of a random test to run: little within `npm test`, much in `npm run test:soak`. */
export const preset = <VALUE>({ quick, soak }: { quick: VALUE; soak: VALUE }): VALUE => (isSoak ? soak : quick);

/** For `it` and the hooks: what the long preset needs, and a failure of the quick one that hangs. */
export const PRESET_TIMEOUT_MS = preset({ quick: 60_000, soak: 15 * 60_000 });

/** `TEST_SEED` repeats a random test as it ran before; without it, each run is another one. */
export const givenSeed: number | undefined = process.env.TEST_SEED ? Number(process.env.TEST_SEED) : undefined;
