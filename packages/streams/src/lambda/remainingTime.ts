import { sharedAbortController } from '@castore-dynamodb/commons';

/**
 * The part of Lambda's context that is looked at.
 *
 * @example
 * const handle = createStreamHandler({ projections: [pokedex] });
 * const { batchItemFailures } = await handle(event, { getRemainingTimeInMillis: () => 30_000 });
 */
export interface StreamHandlerContext {
  getRemainingTimeInMillis(): number;
}

/** If nobody tells how much time there is. */
const DEFAULT_TIME_MS = 60_000;

/** The time that a function may take. A tenth of it is left to answer in: half a second at least, but no more than half of it. */
export interface RemainingTime {
  /** Whether there is time to begin something. */
  readonly hasTime: () => boolean;
  /** Comes when half of the time to answer in is over: then what is under way is given up. */
  readonly deadline: AbortSignal;
  readonly end: () => void;
}

export const startRemainingTime = (context: unknown): RemainingTime => {
  const startedAt = performance.now();
  const told = remainingIn(context);
  const given = told ?? DEFAULT_TIME_MS;
  const remaining = (): number =>
    (told === undefined ? undefined : remainingIn(context)) ?? given - (performance.now() - startedAt);
  const reserve = Math.min(Math.max(500, given / 10), given / 2);
  const late = sharedAbortController();
  const timer = setTimeout(() => late.abort(), Math.max(0, given - reserve / 2));
  return {
    hasTime: () => !late.signal.aborted && remaining() > reserve,
    deadline: late.signal,
    end: () => clearTimeout(timer),
  };
};

/** Undefined if the context does not tell: it is none of Lambda's, or a mock. */
const remainingIn = (context: unknown): number | undefined => {
  try {
    const remaining: unknown = (context as StreamHandlerContext).getRemainingTimeInMillis();
    return typeof remaining === 'number' && Number.isFinite(remaining) ? remaining : undefined;
  } catch {
    return undefined;
  }
};
