import type { EventDetail, GroupedEvent } from '@castore/core';

import { DynamoDbEventAlreadyExistsError } from '../../src/index.js';
import { type Adapter, caught, context, describeOnEveryAdapter, newAggregateId, rejection } from '../support.js';

const pushGroup = (adapter: Adapter, events: EventDetail[]) => {
  const grouped = events.map(event => Object.assign(adapter.groupEvent(event), { context }));
  return adapter.pushEventGroup({}, ...(grouped as [GroupedEvent]));
};

/** What random tests found, in its smallest form. */
describeOnEveryAdapter('what was found', ({ adapter, requests }) => {
  const holed = Object.assign([1, 2, 3], { x: 1 });
  Reflect.deleteProperty(holed, 1);
  const hostile: unknown = JSON.parse('{"a":[{"__proto__":{"b":1}}],"__proto__":2}');
  const bytes = { list: [Uint8Array.of(1, 2), new Set([Uint8Array.of(3)])] };

  it('a conflict with an event that has a member named __proto__ is a conflict, with its winner', async () => {
    const event = caught(newAggregateId(), 1, { payload: hostile, metadata: bytes });
    await adapter.pushEvent(event, context);

    const error = await rejection(adapter.pushEvent({ ...event, payload: 1 }, context));

    expect(error).toBeInstanceOf(DynamoDbEventAlreadyExistsError);
    expect((error as DynamoDbEventAlreadyExistsError).winningEvent).toStrictEqual(event);
  });

  it('so it is in a group', async () => {
    const event = caught(newAggregateId(), 2, { payload: hostile, metadata: bytes });
    await adapter.pushEvent(event, context);
    const { aggregateId, timestamp } = event;

    const error = await rejection(
      pushGroup(adapter, [
        caught(aggregateId, 1, { timestamp }),
        { ...event, payload: 1 },
        caught(aggregateId, 3, { timestamp }),
      ]),
    );

    expect(error).toBeInstanceOf(DynamoDbEventAlreadyExistsError);
    expect(error).toMatchObject({ ...context, aggregateId, version: 2 });
    expect((error as DynamoDbEventAlreadyExistsError).winningEvent).toStrictEqual(event);
  });

  it('a push of a Buffer, or of an object without prototype, resolves with what is stored', async () => {
    const payload = { buffer: Buffer.from([4, 1]), bare: Object.create(null) as object };
    const { event } = await adapter.pushEvent(caught(newAggregateId(), 1, { payload }), context);

    expect(event.payload).toStrictEqual({ buffer: Uint8Array.of(4, 1), bare: {} });
  });

  it.each<[string, unknown]>([
    ['an array with a hole for each member beside its elements', holed],
    ['an array with a symbol', Object.assign([1], { [Symbol('s')]: 1 })],
    ['an instance of an array class', new (class Team extends Array {})()],
    ['an instance of a Set class', new (class Tags extends Set {})(['a'])],
    ['an empty key', { '': 1 }],
  ])('%s is refused', async (_, payload) => {
    const pushing = adapter.pushEvent(caught(newAggregateId(), 1, { payload }), context);
    await expect(pushing).rejects.toMatchObject({ code: 'UnstorableValueError' });
    expect(requests).toHaveLength(0);
  });
});
