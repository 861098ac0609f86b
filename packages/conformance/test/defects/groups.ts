import type { EventDetail, EventStoreContext, GroupedEvent } from '@castore/core';

import { ReferenceAdapter } from '../referenceAdapter.js';
import { type Defect, nextTurn } from './defect.js';
import { ConflictsWithoutCode } from './pushing.js';

type GroupOptions = { force?: boolean };
type Pushed = Promise<{ eventGroup: { event: EventDetail }[] }>;
type Push = (group: GroupedEvent[], options?: GroupOptions) => Pushed;

/** Puts something of its own around the pushing of a group. */
const grouping = (
  around: (push: Push, group: GroupedEvent[], options: GroupOptions, self: ReferenceAdapter) => Pushed,
) =>
  class extends ReferenceAdapter {
    override async pushEventGroup(options: GroupOptions, ...group: GroupedEvent[]): Pushed {
      const push: Push = async (changed, changedOptions = options) => super.pushEventGroup(changedOptions, ...changed);
      return around(push, group, options, this);
    }
  };

/** The same grouped events with something changed in each. */
const each = (group: GroupedEvent[], change: (grouped: GroupedEvent, index: number) => object): GroupedEvent[] =>
  group.map((grouped, index) =>
    Object.assign(Object.create(Object.getPrototypeOf(grouped)), grouped, change(grouped, index)),
  );

const contextOf = ({ context }: GroupedEvent): EventStoreContext => context as EventStoreContext;

const keyOf = (grouped: GroupedEvent): string => `${grouped.event.aggregateId} ${grouped.event.version}`;

const oneByOne = async (self: ReferenceAdapter, group: GroupedEvent[]): Pushed => {
  const eventGroup: { event: EventDetail }[] = [];
  for (const grouped of group) eventGroup.push(await self.pushEvent(grouped.event, contextOf(grouped)));
  return { eventGroup };
};

export const groupDefects: readonly Defect[] = [
  {
    defect: 'all events go to the first event store',
    breaks: 'a group is stored whole',
    Adapter: grouping(async (push, group) => push(each(group, () => ({ context: group[0]?.context })))),
  },
  {
    defect: 'a group of one is refused',
    breaks: 'a group of one is stored',
    Adapter: grouping(async (push, group) => {
      if (group.length === 1) throw new Error('Use pushEvent.');
      return push(group);
    }),
  },
  {
    defect: 'an aggregate has only its last event of a group',
    breaks: 'an aggregate may have several events in a group',
    Adapter: grouping(async (push, group) =>
      push([...new Map(group.map(grouped => [grouped.event.aggregateId, grouped])).values()]),
    ),
  },
  {
    defect: 'a group has 25 events at most',
    breaks: 'a group of 100 is stored',
    Adapter: grouping(async (push, group) => push(group.slice(0, 25))),
  },
  {
    defect: 'a group is cut after 100 events',
    breaks: 'larger groups are whole or refused',
    Adapter: grouping(async (push, group) => push(group.slice(0, 100))),
  },
  {
    defect: 'force is ignored',
    breaks: 'force overwrites in groups',
    Adapter: grouping(async (push, group) => push(group, {})),
  },
  {
    defect: 'the timestamp is set on the given events',
    breaks: "the caller's group is not changed",
    Adapter: grouping(async (push, group) => {
      for (const { event } of group) event.timestamp = '2026-01-01T00:00:00.000Z';
      return push(group);
    }),
  },
  {
    defect: 'each event has a time of its own',
    breaks: 'a group without timestamps is now',
    Adapter: grouping(async (_, group, __, self) =>
      oneByOne(
        self,
        each(group, ({ event }, index) => ({
          event: { ...event, timestamp: new Date(Date.now() + index).toISOString() },
        })),
      ),
    ),
  },
  { defect: 'a conflict has no code', breaks: "a group's conflict is a conflict", Adapter: ConflictsWithoutCode },
  {
    defect: 'events are written one by one',
    breaks: "a group's conflict writes nothing",
    Adapter: grouping(async (_, group, __, self) => oneByOne(self, group)),
  },
  {
    defect: 'looking and writing are two requests',
    breaks: 'concurrent groups are whole or absent',
    Adapter: grouping(async (push, group, _, self) => {
      const isFree = group.every(({ event, context }) => {
        const aggregate = self.database.get(context?.eventStoreId ?? '')?.get(event.aggregateId);
        return !aggregate?.has(event.version);
      });
      await nextTurn();
      return push(group, { force: isFree });
    }),
  },
  {
    defect: 'of the same event twice, the last is taken',
    breaks: 'the same event twice is refused',
    Adapter: grouping(async (push, group) =>
      push([...new Map(group.map(grouped => [keyOf(grouped), grouped])).values()]),
    ),
  },
  {
    defect: 'events of other adapters are passed over',
    breaks: "a foreign adapter's event is refused",
    Adapter: grouping(async (push, group) =>
      push(group.filter(({ eventStorageAdapter }) => eventStorageAdapter instanceof ReferenceAdapter)),
    ),
  },
  {
    defect: 'the first context is the context of all',
    breaks: 'an event without context is refused',
    Adapter: grouping(async (push, group) =>
      push(each(group, ({ context }) => ({ context: context ?? group[0]?.context }))),
    ),
  },
  {
    defect: 'the events come back in another order',
    breaks: 'EventStore.pushEventGroup',
    Adapter: grouping(async (push, group) => ({ eventGroup: (await push(group)).eventGroup.toReversed() })),
  },
  {
    defect: 'a failed group is reported as stored',
    breaks: 'a refused group is not heard of',
    Adapter: grouping(async (push, group) =>
      push(group).catch(() => ({ eventGroup: group.map(({ event }) => ({ event: event as EventDetail })) })),
    ),
  },
  { defect: 'a conflict of a Command has no code', breaks: 'Command retries groups', Adapter: ConflictsWithoutCode },
];
