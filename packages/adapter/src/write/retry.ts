import { setTimeout as sleep } from 'node:timers/promises';

const MAX_ATTEMPTS = 8;
const FIRST_DELAY_CEILING_MS = 20;
const DELAY_CEILING_MS = 500;

/**
 * Repeats a write that DynamoDB refused, without writing anything, because another transaction was at work on the
 * same items; the SDK does not repeat those. At most 8 attempts, with full jitter, and about 0.8 s of waiting on average.
 */
export const retryWhile = async <RESULT>(
  isWorthRepeating: (error: unknown) => boolean,
  write: () => Promise<RESULT>,
): Promise<RESULT> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isWorthRepeating(error)) throw error;
      const ceiling = Math.min(DELAY_CEILING_MS, FIRST_DELAY_CEILING_MS * 2 ** (attempt - 1));
      await sleep(Math.random() * ceiling);
    }
  }
};

/**
 * Whether the SDK sent a request more than once before it was refused: the attempts before the refused one had no answer
 * that it could use, and may have been carried out.
 */
export const hadUnansweredAttempts = (error: unknown): boolean =>
  ((error as { $metadata?: { attempts?: number } }).$metadata?.attempts ?? 1) > 1;
