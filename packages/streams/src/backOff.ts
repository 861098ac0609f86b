import { pause } from './pause.js';

const FIRST_CEILING_MS = 50;
const CEILING_MS = 5_000;

/** Waits before a repetition: at random up to a ceiling that doubles each time, from 50 ms to 5 s. */
export const backOff = async (failures: number, signal?: AbortSignal): Promise<void> => {
  const ceiling = Math.min(CEILING_MS, FIRST_CEILING_MS * 2 ** (failures - 1));
  await pause(Math.random() * ceiling, signal);
};
