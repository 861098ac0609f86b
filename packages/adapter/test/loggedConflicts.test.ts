import { inspect } from 'node:util';

import { caught, context, describeOnEveryAdapter, newAggregateId, rejection } from './support.js';

describeOnEveryAdapter('a conflict that is logged', ({ adapter }) => {
  const grouped = (aggregateId: string, version: number) =>
    Object.assign(adapter.groupEvent({ ...caught(aggregateId, version), timestamp: '2026-01-01T00:00:00.000Z' }), {
      context,
    });

  it.each([
    ['an event', (id: string) => adapter.pushEvent(caught(id, 1), context)],
    ['a group', (id: string) => adapter.pushEventGroup({}, grouped(id, 1), grouped(id, 2))],
  ])('shows no payload to whoever prints its members and those of its cause (%s)', async (_, push) => {
    const aggregateId = newAggregateId();
    const { event } = await adapter.pushEvent(caught(aggregateId, 1, { payload: { card: '4111-SECRET' } }), context);

    const error = await rejection(push(aggregateId));

    expect(error).toMatchObject({ winningEvent: event, cause: { name: expect.stringMatching(/Exception$/) } });
    expect(inspect(error, { depth: null })).not.toContain('SECRET');
    expect(JSON.stringify([error, (error as Error).cause])).not.toContain('SECRET');
  });
});
