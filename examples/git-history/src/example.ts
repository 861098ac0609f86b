import { inspect } from 'node:util';

import type { FileAggregate, FileEvent, FileEventStore } from './fileEventStore.js';

/** The file that is shown, if the repository has it. */
const PREFERRED = 'README.md';

/** One event, its aggregate, how to read it, and what to look at next, as text; empty if there are no events. */
export const renderExample = async (fileEventStore: FileEventStore): Promise<string> => {
  const { aggregateIds } = await fileEventStore.listAggregateIds({ limit: 1 });
  for (const aggregateId of [PREFERRED, ...aggregateIds.map(each => each.aggregateId)]) {
    const { aggregate } = await fileEventStore.getAggregate(aggregateId);
    const { events } = await fileEventStore.getEvents(aggregateId, { reverse: true, limit: 1 });
    if (aggregate && events[0]) return render(events[0], aggregate);
  }
  return '';
};

const render = (event: FileEvent, aggregate: FileAggregate): string => {
  const id = inspect(event.aggregateId);
  const next = [
    [`npm run demo -- --file PATH --at ${event.timestamp.slice(0, 10)}`, 'a file as it was at a time'],
    ['npm run demo -- --snapshots --views', 'snapshots and read models'],
    ['examples/git-history/src/fileEventStore.ts', 'the event store of this program'],
    ['README.md', 'an event store of your own'],
  ];
  return `
an event, the last of ${id}:
${inspect(event)}
its aggregate, made of all of its events:
${inspect(aggregate)}
read by:
const { aggregate } = await fileEventStore.getAggregate(${id});

next:
${next.map(([what = '', why]) => `  ${what.padEnd(46)}${why}\n`).join('')}`;
};
