import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import { caught, context, createAdapter, rejection } from '../support.js';

/** As a replica of a global table with strong consistency answers. Local engines have no replicas. */
const writeElsewhere = (attempts = 1): Error =>
  Object.assign(new Error('Another region is writing the item.'), {
    name: 'ReplicatedWriteConflictException',
    $metadata: { httpStatusCode: 400, attempts },
  });

const clientThatRefuses = (times: number, attempts?: number) => {
  const state = { sent: 0 };
  const send = async (): Promise<object> => {
    state.sent += 1;
    if (state.sent <= times) throw writeElsewhere(attempts);
    return {};
  };
  return { state, adapter: createAdapter('single-table', 'events', { send } as unknown as DynamoDBClient) };
};

describe('a push that meets a write in another region', () => {
  it.each([1, 3, 7])('is repeated: %i times', async times => {
    const { adapter, state } = clientThatRefuses(times);
    await expect(adapter.pushEvent(caught('pikachu', 1), context)).resolves.toMatchObject({ event: { version: 1 } });
    expect(state.sent).toBe(times + 1);
  });

  it('is a conflict after eight attempts, with the error as its cause', async () => {
    const { adapter, state } = clientThatRefuses(100);
    const error = await rejection(adapter.pushEvent(caught('pikachu', 1), context));
    expect(error).toMatchObject({
      code: 'EventAlreadyExistsError',
      version: 1,
      winningEvent: undefined,
      cause: { name: 'ReplicatedWriteConflictException' },
    });
    expect(state.sent).toBe(8);
  });

  it('fails with that error if an attempt before had no answer, as it may be stored', async () => {
    const { adapter } = clientThatRefuses(100, 2);
    const error = await rejection(adapter.pushEvent(caught('pikachu', 1), context));
    expect(error).toMatchObject({ name: 'ReplicatedWriteConflictException' });
  });
});

describe('a group on tables that take no transactions', () => {
  it("fails with DynamoDB's own error", async () => {
    const refusal = Object.assign(new Error('Transactions are not supported on this table.'), {
      name: 'ValidationException',
      $metadata: { httpStatusCode: 400 },
    });
    const client = { send: () => Promise.reject(refusal) } as unknown as DynamoDBClient;
    const adapter = createAdapter('single-table', 'events', client);
    const [first, second] = [1, 2].map(version =>
      Object.assign(adapter.groupEvent({ aggregateId: 'a', version, type: 'T' }), { context }),
    );
    expect(await rejection(adapter.pushEventGroup({}, first as never, second as never))).toBe(refusal);
  });
});
