import { deepStrictEqual } from 'node:assert/strict';

import type { EventDetail, GroupedEvent } from '@castore/core';
import * as fc from 'fast-check';

import { PRESET_TIMEOUT_MS } from '../../../../test-support/preset.js';
import { checkProperty } from '../../../../test-support/property.js';
import { context, describeOnEveryAdapter, newAggregateId } from '../support.js';
import { asReadBack, storableValues, strings } from './storableValues.js';

const contents = fc.record(
  { type: strings, payload: storableValues, metadata: storableValues },
  { requiredKeys: ['type'] },
);

const eventsReadBack = (events: EventDetail[]): EventDetail[] => events.map(event => asReadBack(event) as EventDetail);

describeOnEveryAdapter('any storable event', ({ adapter }) => {
  it(
    'comes back equal to what was pushed, and to what the push resolved with',
    async () => {
      const property = fc.asyncProperty(contents, strings, async (content, idSuffix) => {
        const event = { aggregateId: `${newAggregateId()}${idSuffix}`, version: 1, timestamp: '2026', ...content };

        const { event: pushed } = await adapter.pushEvent(event, context);

        const { events } = await adapter.getEvents(event.aggregateId, context);
        deepStrictEqual(events, eventsReadBack([event]));
        deepStrictEqual(events, [pushed]);
      });
      await checkProperty(property, { quick: 30, soak: 4_000 });
    },
    PRESET_TIMEOUT_MS,
  );

  it(
    'comes back equal from a group too',
    async () => {
      const groups = fc.array(contents, { minLength: 2, maxLength: 12 });
      const property = fc.asyncProperty(groups, async group => {
        const aggregateId = newAggregateId();
        const events = group.map((content, index) => ({
          aggregateId,
          version: index + 1,
          timestamp: '2026',
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
      await checkProperty(property, { quick: 10, soak: 1_000 });
    },
    PRESET_TIMEOUT_MS,
  );
});
