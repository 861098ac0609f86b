import type { EventDetail, EventStoreContext, EventsQueryOptions } from '@castore/core';

import { ReferenceAdapter } from '../referenceAdapter.js';
import type { Defect } from './defect.js';
import { StoresLater } from './pushing.js';

/** Changes which events are asked for, and which are returned. */
const reading = (
  ask: (options: EventsQueryOptions) => EventsQueryOptions,
  answer: (events: EventDetail[], options: EventsQueryOptions) => EventDetail[] = events => events,
) =>
  class extends ReferenceAdapter {
    override async getEvents(aggregateId: string, context: EventStoreContext, options: EventsQueryOptions = {}) {
      const { events } = await super.getEvents(aggregateId, context, ask(options));
      return { events: answer(events, options) };
    }
  };

const asAsked = (options: EventsQueryOptions): EventsQueryOptions => options;

export const readingDefects: readonly Defect[] = [
  {
    defect: 'an aggregate without events is an error',
    breaks: 'an unknown aggregate has no events',
    Adapter: reading(asAsked, events => {
      if (events.length === 0) throw new Error('Not found.');
      return events;
    }),
  },
  { defect: 'reads lag behind writes', breaks: 'every write is seen', Adapter: StoresLater },
  {
    defect: 'reverse is ignored',
    breaks: 'reverse is latest first',
    Adapter: reading(({ reverse: _reverse, ...options }) => options),
  },
  {
    defect: 'maxVersion is exclusive',
    breaks: 'ranges are inclusive',
    Adapter: reading(asAsked, (events, { maxVersion }) => events.filter(({ version }) => version !== maxVersion)),
  },
  {
    defect: 'one page is all there is',
    breaks: 'large aggregates are read whole',
    Adapter: reading(asAsked, events => events.slice(0, 10)),
  },
  {
    defect: 'event stores share their aggregates',
    breaks: 'event stores are apart',
    Adapter: class extends ReferenceAdapter {
      protected override aggregates() {
        return super.aggregates('all');
      }
    },
  },
  {
    defect: 'maxVersion is ignored',
    breaks: 'EventStore.getAggregate',
    Adapter: reading(({ maxVersion: _maxVersion, ...options }) => options),
  },
];
