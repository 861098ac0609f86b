import { type GroupedEvent, isEventAlreadyExistsError } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';

import { type AggregateCheck, putAlongside } from '../src/index.js';
import { caught, context, createAdapter, describeOnEveryAdapter, newAggregateId, rejection } from './support.js';

describeOnEveryAdapter('a group with checks', ({ adapter, engine, layout, tableName, requests }) => {
  const endsAt = (aggregateId: string, version: number, rest: Partial<AggregateCheck> = {}): AggregateCheck => ({
    ...context,
    aggregateId,
    version,
    eventStorageAdapter: adapter,
    ...rest,
  });
  const grouped = (aggregateId: string, version: number): GroupedEvent => {
    const { timestamp: _, ...event } = caught(aggregateId, version);
    return Object.assign(adapter.groupEvent(event), { context });
  };
  const push = (checks: readonly AggregateCheck[], ...group: GroupedEvent[]) =>
    adapter.pushEventGroup({ checks }, ...(group as [GroupedEvent]));
  const versionsOf = async (aggregateId: string) =>
    (await adapter.getEvents(aggregateId, context)).events.map(({ version }) => version);

  it('is written if each of them still ends at its version, in one request', async () => {
    const [written, checked, absent] = [newAggregateId(), newAggregateId(), newAggregateId()];
    await adapter.pushEvent(caught(checked, 1), context);
    await adapter.pushEvent(caught(checked, 2), context);
    requests.splice(0);

    await push([endsAt(checked, 2), endsAt(absent, 0)], grouped(written, 2));

    expect(requests.map(({ operation }) => operation)).toStrictEqual(['TransactWriteItems']);
    // Two for the event and two for each check. DynamoDB Local counts transactions otherwise than DynamoDB does.
    if (engine.engine === 'dynoxide') expect(requests[0]?.units).toBe(6);
    await expect(versionsOf(written)).resolves.toStrictEqual([2]);
    await expect(versionsOf(checked)).resolves.toStrictEqual([1, 2]);
    await expect(versionsOf(absent)).resolves.toStrictEqual([]);
  });

  it('is not written if one of them has moved on, which the conflict names', async () => {
    const [written, other, checked] = [newAggregateId(), newAggregateId(), newAggregateId()];
    await adapter.pushEvent(caught(checked, 1), context);
    const { event: winner } = await adapter.pushEvent(caught(checked, 2), context);
    await adapter.pushEvent(caught(checked, 3), context);

    for (const [version, found] of [
      [1, winner],
      [0, caught(checked, 1)],
    ] as const) {
      const error = await rejection(
        push([endsAt(other, 0), endsAt(checked, version)], grouped(written, 1), grouped(written, 2)),
      );
      expect(isEventAlreadyExistsError(error)).toBe(true);
      expect(error).toMatchObject({ ...context, aggregateId: checked, version: version + 1, winningEvent: found });
    }
    await expect(versionsOf(written)).resolves.toStrictEqual([]);
  });

  it('reports a conflict of its own events first', async () => {
    const [written, checked] = [newAggregateId(), newAggregateId()];
    await adapter.pushEvent(caught(written, 1), context);
    await adapter.pushEvent(caught(checked, 1), context);
    const error = await rejection(push([endsAt(checked, 0)], grouped(written, 1)));
    expect(error).toMatchObject({ code: 'EventAlreadyExistsError', aggregateId: written, version: 1 });
  });

  it('does not see an event after a gap, which a gapless adapter does not store', async () => {
    const [written, checked] = [newAggregateId(), newAggregateId()];
    await adapter.pushEvent(caught(checked, 3), context);
    await push([endsAt(checked, 1)], grouped(written, 1));
    await expect(versionsOf(written)).resolves.toStrictEqual([1]);
  });

  it('overwrites by force, and only if nothing has moved on', async () => {
    const [written, checked] = [newAggregateId(), newAggregateId()];
    await adapter.pushEvent(caught(written, 1, { type: 'OLD' }), context);
    await adapter.pushEvent(caught(checked, 1), context);
    const force = (version: number) =>
      adapter.pushEventGroup({ force: true, checks: [endsAt(checked, version)] }, grouped(written, 1));

    await expect(rejection(force(0))).resolves.toMatchObject({ aggregateId: checked });
    await expect(adapter.getEvents(written, context)).resolves.toMatchObject({ events: [{ type: 'OLD' }] });
    await force(1);
    await expect(adapter.getEvents(written, context)).resolves.toMatchObject({ events: [{ type: 'POKEMON_CAUGHT' }] });
  });

  it('goes along with items that are put alongside, and with members named __proto__', async () => {
    const [written, checked] = [newAggregateId(), newAggregateId()];
    const event = { aggregateId: written, version: 1, type: 'T', payload: JSON.parse('{"__proto__":{"a":1}}') };
    const groupedEvent = Object.assign(adapter.groupEvent(event), { context });
    const Item = { aggregateId: { S: `#alongside#${written}` }, version: { N: '1' } };
    const once = { TableName: tableName, Item, ConditionExpression: 'attribute_not_exists(aggregateId)' };
    putAlongside(groupedEvent, async () => [once]);

    await push([endsAt(checked, 0)], groupedEvent);
    await expect(adapter.getEvents(written, context)).resolves.toMatchObject({ events: [{ payload: event.payload }] });

    const again = grouped(written, 2);
    putAlongside(again, async () => [once]);
    const error = await rejection(push([endsAt(checked, 0)], again));
    expect(error).toMatchObject({ name: 'TransactionCanceledException' });
    await adapter.pushEvent(caught(checked, 1), context);
    const conflict = await rejection(push([endsAt(checked, 0)], again));
    expect(conflict).toMatchObject({ code: 'EventAlreadyExistsError', aggregateId: checked });
  });

  it('takes 100 items with the events, and refuses more before a request', async () => {
    const id = newAggregateId();
    const checks = (count: number) => Array.from({ length: count }, (_, index) => endsAt(`${id} ${index}`, 0));
    await push(checks(98), grouped(id, 1), grouped(id, 2));
    requests.splice(0);

    const error = await rejection(push(checks(99), grouped(id, 3), grouped(id, 4)));
    expect(error).toMatchObject({ code: 'InvalidEventGroupError', reason: 'too-many-events' });
    expect((error as Error).message).toContain('2 events, 99 checks');
    const withItem = grouped(id, 3);
    putAlongside(withItem, async () => [{ TableName: tableName, Item: { aggregateId: { S: 'x' } } }]);
    await expect(rejection(push(checks(99), withItem))).resolves.toMatchObject({ reason: 'too-many-events' });
    expect(requests).toHaveLength(0);
  });

  it('counts what is checked into the 4 MB', async () => {
    const id = newAggregateId();
    const full = (version: number, bytes: number) =>
      Object.assign(adapter.groupEvent({ aggregateId: id, version, type: 'T', payload: 'x'.repeat(bytes) }), {
        context,
      });
    const events = Array.from({ length: 10 }, (_, index) => full(index + 1, 408_400));
    const rest = full(11, 4 * 1024 * 1024 - 10 * 408_400 - 1_600);
    const checks = Array.from({ length: 10 }, (_, index) => endsAt(`${id} ${'x'.repeat(1_000)} ${index}`, 0));
    const error = await rejection(push(checks, ...events, rest));
    expect(error).toMatchObject({ code: 'InvalidEventGroupError', reason: 'too-large' });
    expect(requests).toHaveLength(0);
    await push(checks.slice(1, 1), ...events, rest);
  });

  it('refuses what it writes itself, what it checks twice, and foreign adapters', async () => {
    const [id, other] = [newAggregateId(), newAggregateId()];
    const foreign = new InMemoryEventStorageAdapter();
    const abroad = createAdapter(layout, tableName, engine.client({ region: 'eu-west-1' }));
    const refusals: [AggregateCheck[], object][] = [
      [[endsAt(other, 0), endsAt(id, 0)], { code: 'InvalidArgumentError', argument: 'options.checks[1]' }],
      [[endsAt(id, 5)], { code: 'InvalidArgumentError', argument: 'options.checks[0]' }],
      [[endsAt(other, 0), endsAt(other, 1)], { code: 'InvalidArgumentError', argument: 'options.checks[1]' }],
      [[endsAt(other, 0, { eventStorageAdapter: foreign })], { reason: 'foreign-adapter', eventIndex: undefined }],
      [
        [endsAt(other, 0, { eventStorageAdapter: abroad })],
        { reason: 'different-accounts-or-regions', eventIndex: undefined },
      ],
    ];
    for (const [checks, expected] of refusals) {
      await expect(rejection(push(checks, grouped(id, 1)))).resolves.toMatchObject(expected);
    }
    expect(requests).toHaveLength(0);
  });
});
