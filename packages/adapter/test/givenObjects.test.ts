import type { EventDetail, GroupedEvent } from '@castore/core';

import { caught, context, describeOnEveryAdapter, newAggregateId, pushMany } from './support.js';

/** Has its members where copying an object does not look: in getters of its class. */
class CaughtEvent {
  readonly #aggregateId: string;
  readonly version = 1;

  constructor(aggregateId: string) {
    this.#aggregateId = aggregateId;
  }
  get aggregateId() {
    return this.#aggregateId;
  }
  get type() {
    return 'POKEMON_CAUGHT';
  }
  get payload() {
    return { level: 5 };
  }
}

describeOnEveryAdapter('what callers hand over', ({ adapter }) => {
  const push = (event: Omit<EventDetail, 'timestamp'>) => adapter.pushEvent(event, context);
  const pushInGroup = async (event: Omit<EventDetail, 'timestamp'>) => {
    const [first] = (await adapter.pushEventGroup({}, Object.assign(adapter.groupEvent(event), { context })))
      .eventGroup;
    return first as { event: EventDetail };
  };

  it.each([
    ['pushEvent', push],
    ['pushEventGroup', pushInGroup],
  ])('is stored whole by %s if an event is an instance of a class', async (_, pushOne) => {
    const aggregateId = newAggregateId();
    const { event } = await pushOne(new CaughtEvent(aggregateId));
    expect(event).toMatchObject({ aggregateId, version: 1, type: 'POKEMON_CAUGHT', payload: { level: 5 } });
    await expect(adapter.getEvents(aggregateId, context)).resolves.toStrictEqual({ events: [event] });
  });

  it('is read once: what was checked is what is stored', async () => {
    const [checked, later] = [newAggregateId(), newAggregateId()];
    const ids = [checked];
    const moving = Object.defineProperty(caught(checked, 1), 'aggregateId', {
      get: () => ids.shift() ?? later,
      enumerable: false,
    });
    await adapter.pushEvent(moving, context);
    await expect(adapter.getEvents(checked, context)).resolves.toMatchObject({ events: [{ version: 1 }] });
    await expect(adapter.getEvents(later, context)).resolves.toStrictEqual({ events: [] });
  });

  it('counts also if it is inherited: options', async () => {
    const aggregateId = newAggregateId();
    await pushMany(adapter, aggregateId, 3);
    const { events } = await adapter.getEvents(aggregateId, context, Object.create({ limit: 1, reverse: true }));
    expect(events).toMatchObject([{ version: 3 }]);
    const { aggregateIds } = await adapter.listAggregateIds(context, Object.create({ limit: 1 }));
    expect(aggregateIds).toHaveLength(1);
  });

  it('may be used again at once: bytes are stored as they were when they were pushed', async () => {
    const aggregateId = newAggregateId();
    const bytes = new Uint8Array([1, 2, 3]);
    const pushed = adapter.pushEvent(caught(aggregateId, 1, { payload: bytes }), context);
    bytes.fill(0);
    await pushed;
    const { events } = await adapter.getEvents(aggregateId, context);
    expect(events[0]?.payload).toStrictEqual(new Uint8Array([1, 2, 3]));
  });

  it('may be frozen, and pushed again', async () => {
    const event = Object.freeze({ ...caught(newAggregateId(), 1), payload: Object.freeze([Object.freeze({ a: 1 })]) });
    const grouped: GroupedEvent = Object.freeze(Object.assign(adapter.groupEvent(event), { context }));
    await adapter.pushEventGroup({}, grouped);
    await expect(adapter.pushEventGroup({}, grouped)).rejects.toMatchObject({ code: 'EventAlreadyExistsError' });
    await expect(adapter.pushEventGroup({ force: true }, grouped)).resolves.toStrictEqual({ eventGroup: [{ event }] });
  });
});
