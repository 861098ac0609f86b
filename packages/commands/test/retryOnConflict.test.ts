import { setTimeout as sleep } from 'node:timers/promises';

import { retryOnConflict } from '../src/index.js';
import { rejection } from './support.js';

jest.mock('node:timers/promises', () => ({ setTimeout: jest.fn(async () => undefined) }));

describe('retryOnConflict', () => {
  const conflict = Object.assign(new Error(), {
    code: 'EventAlreadyExistsError',
    aggregateId: 'a',
    version: 1,
  } as const);

  it.each([
    [1, [10, 20, 40, 65, 65]],
    [0.5, [5, 10, 20, 32.5, 32.5]],
    [0, [0, 0, 0, 0, 0]],
  ])('waits at random (%p) up to a ceiling that doubles, and not after the last attempt', async (random, expected) => {
    jest.spyOn(Math, 'random').mockReturnValue(random);
    jest.mocked(sleep).mockClear();
    const { onEventAlreadyExists } = retryOnConflict({ retries: 5, firstDelayMs: 10, maxDelayMs: 65 });
    for (const attemptNumber of [1, 2, 3, 4, 5, 6]) {
      await onEventAlreadyExists(conflict, { attemptNumber, retriesLeft: 6 - attemptNumber });
    }
    expect(jest.mocked(sleep).mock.calls.map(([milliseconds]) => milliseconds)).toStrictEqual(expected);
    jest.restoreAllMocks();
  });

  it('has defaults', () => {
    expect(retryOnConflict()).toStrictEqual({
      eventAlreadyExistsRetries: 10,
      onEventAlreadyExists: expect.any(Function),
    });
    expect(retryOnConflict({ retries: 0 }).eventAlreadyExistsRetries).toBe(0);
  });

  it.each<[unknown, string]>([
    [null, 'options'],
    [[], 'options'],
    [{ retry: 1 }, 'options.retry'],
    [{ retries: -1 }, 'options.retries'],
    [{ retries: '3' }, 'options.retries'],
    [{ retries: Number.NaN }, 'options.retries'],
    [{ firstDelayMs: 0.5 }, 'options.firstDelayMs'],
    [{ maxDelayMs: Number.POSITIVE_INFINITY }, 'options.maxDelayMs'],
    [{ maxDelayMs: 2 ** 31 }, 'options.maxDelayMs'],
  ])('refuses %p by its name', async (options, argument) => {
    const error = await rejection((async () => retryOnConflict(options as object))());
    expect(error).toMatchObject({ code: 'InvalidArgumentError', argument });
  });
});
