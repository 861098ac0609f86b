import { setTimeout as sleep } from 'node:timers/promises';

/** Waits, or until the signal comes. */
export const pause = async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
};

/** Waits, or until any of the signals comes. Unlike `AbortSignal.any`, it leaves nothing behind at a signal that lives on. */
export const pauseUntil = async (milliseconds: number, ...signals: AbortSignal[]): Promise<void> => {
  const end = new AbortController();
  const abort = (): void => end.abort();
  for (const signal of signals) {
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
  }
  await pause(milliseconds, end.signal);
  for (const signal of signals) signal.removeEventListener('abort', abort);
};
