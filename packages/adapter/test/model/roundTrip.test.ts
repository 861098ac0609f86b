import { deepStrictEqual } from 'node:assert/strict';

import type { EventDetail, GroupedEvent } from '@castore/core';
import { PRESET_TIMEOUT_MS } from '@castore-dynamodb/testing/preset';
import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import { context, describeOnEveryAdapter, newAggregateId } from '../support.js';
import { asReadBack, shallowValues, storableValues, strings } from './storableValues.js';

const contents = fc.record(
  { type: strings, payload: storableValues, metadata: storableValues },
  { requiredKeys: ['type'] },
);

/** Events with the same members but for a few, in the same order or another: readers that learn shapes are misled. */
const likeContents = fc
  .uniqueArray(strings, { minLength: 1, maxLength: 5 })
  .map(names => names.filter(name => name !== ''))
  .chain(names => {
    const member = fc.oneof(shallowValues, fc.constant(undefined));
    const likePayload = fc
      .tuple(
        fc.shuffledSubarray(names),
        fc.boolean(),
        fc.array(member, { minLength: names.length, maxLength: names.length }),
      )
      .map(([shuffled, isShuffled, members]) =>
        Object.fromEntries((isShuffled ? shuffled : names).map((name, index) => [name, members[index]])),
      );
    return fc.array(fc.record({ type: fc.constantFrom('A', 'B'), payload: likePayload }), {
      minLength: 2,
      maxLength: 12,
    });
  });

const eventsReadBack = (events: EventDetail[]): EventDetail[] => events.map(event => asReadBack(event) as EventDetail);

describeOnEveryAdapter('any storable event', ({ adapter }) => {
  it(
    'comes back equal to what was pushed, and to what the push resolved with',
    async () => {
      const property = fc.asyncProperty(contents, strings, async (content, idSuffix) => {
        const event = {
          aggregateId: `${newAggregateId()}/${idSuffix}`,
          version: 1,
          timestamp: '2026-01-01T00:00:00.000Z',
          ...content,
        };

        const { event: pushed } = await adapter.pushEvent(event, context);

        const { events } = await adapter.getEvents(event.aggregateId, context);
        deepStrictEqual(events, eventsReadBack([event]));
        deepStrictEqual(events, [pushed]);
        // With a limit, the answer has a key after its events, which holds the aggregate's id again.
        const limited = await adapter.getEvents(event.aggregateId, context, { limit: 1 });
        deepStrictEqual(limited, { events });
      });
      await checkProperty(property, { quick: 15, soak: 4_000 });
    },
    PRESET_TIMEOUT_MS,
  );

  it.each([
    ['', fc.array(contents, { minLength: 2, maxLength: 12 })],
    [' that look alike', likeContents],
  ])(
    'comes back equal from a group of events%s',
    async (_, groups) => {
      const property = fc.asyncProperty(groups, async group => {
        const aggregateId = newAggregateId();
        const events = group.map((content, index) => ({
          aggregateId,
          version: index + 1,
          timestamp: '2026-01-01T00:00:00.000Z',
          ...content,
        }));
        const grouped = events.map(event => Object.assign(adapter.groupEvent(event), { context }));

        const { eventGroup } = await adapter.pushEventGroup({}, ...(grouped as [GroupedEvent]));

        const { events: read } = await adapter.getEvents(aggregateId, context);
        deepStrictEqual(read, eventsReadBack(events));
        deepStrictEqual(
          read,
          eventGroup.map(({ event }) => event),
        );
      });
      await checkProperty(property, { quick: 8, soak: 1_000 });
    },
    PRESET_TIMEOUT_MS,
  );
});
