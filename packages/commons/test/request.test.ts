import { setTimeout as sleep } from 'node:timers/promises';

import { nameMissingTable, request } from '../src/request.js';
import { pause, retry } from '../src/retry.js';

interface Answer {
  Count?: number;
}

const query = { operation: 'Query', tableName: 'events', deadlineMs: 1000, requires: 'Count' } as const;

describe('A request', () => {
  it('that never gets an answer ends by its deadline, and its signal is aborted', async () => {
    let signal: AbortSignal | undefined;
    const forever = request<Answer>({ ...query, deadlineMs: 20 }, given => {
      signal = given;
      return new Promise(() => {});
    });
    await expect(forever).rejects.toMatchObject({
      code: 'DeadlineExceededError',
      operation: 'Query on table "events"',
      milliseconds: 20,
    });
    expect(signal?.aborted).toBe(true);
  });

  it('ends when its caller stops, with what the caller says', async () => {
    const caller = new AbortController();
    const ended = request<Answer>({ ...query, signal: caller.signal }, () => new Promise(() => {}));
    caller.abort(new Error('stopped'));
    await expect(ended).rejects.toThrow('stopped');
    await expect(request<Answer>({ ...query, signal: caller.signal }, async () => ({ Count: 1 }))).rejects.toThrow(
      'stopped',
    );
  });

  it('leaves no timer and no listener', async () => {
    const caller = new AbortController();
    const listeners = jest.spyOn(caller.signal, 'removeEventListener');
    await expect(request<Answer>({ ...query, signal: caller.signal }, async () => ({ Count: 0 }))).resolves.toEqual({
      Count: 0,
    });
    expect(listeners).toHaveBeenCalled();
  });

  it.each([[{}], [undefined], [null]])('answered with %p is asked again, and refused if that lasts', async empty => {
    const answers = [empty as Answer, { Count: 2 }];
    await expect(request<Answer>(query, async () => answers.shift() as Answer)).resolves.toEqual({ Count: 2 });

    let attempts = 0;
    const lasting = request<Answer>(query, async () => {
      attempts += 1;
      return empty as Answer;
    });
    await expect(lasting).rejects.toMatchObject({ code: 'IncompleteAnswerError', member: 'Count' });
    expect(attempts).toBe(3);
  });

  it('that finds no table or index says which table, with the error otherwise as it was', async () => {
    const missing = Object.assign(new Error('Requested resource not found'), { name: 'ResourceNotFoundException' });
    await expect(request<Answer>(query, () => Promise.reject(missing))).rejects.toBe(missing);
    expect(missing.message).toBe('Table "events": Requested resource not found');

    const keys = Object.assign(new Error('The key does not match the schema'), { name: 'ValidationException' });
    nameMissingTable(keys, 'events', 'views');
    nameMissingTable(keys, 'events');
    expect(keys.message).toBe('Table "events" or "views": The key does not match the schema');

    const frozen = Object.freeze(Object.assign(new Error('x'), { name: 'ResourceNotFoundException' }));
    await expect(request<Answer>(query, () => Promise.reject(frozen))).rejects.toBe(frozen);

    const other = Object.assign(new Error('The limit is wrong'), { name: 'ValidationException' });
    await expect(request<Answer>(query, () => Promise.reject(other))).rejects.toBe(other);
    expect(other.message).toBe('The limit is wrong');
  });
});

describe('A retry', () => {
  it('stops waiting when the signal comes, with the last error', async () => {
    const stop = new AbortController();
    const options = {
      maxAttempts: 9,
      firstDelayMs: 1e6,
      maxDelayMs: 1e6,
      isWorthRepeating: () => true,
      signal: stop.signal,
    };
    const failing = retry(options, () => Promise.reject(new Error('always')));
    await sleep(5);
    stop.abort();
    await expect(failing).rejects.toThrow('always');
  });
});

describe('A pause', () => {
  it('ends by any of its signals, also one that came before', async () => {
    await pause(1e6, undefined, AbortSignal.abort());
    const later = new AbortController();
    const paused = pause(1e6, later.signal, new AbortController().signal);
    later.abort();
    await paused;
  });
});
