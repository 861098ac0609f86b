import type { ExaminedAggregate } from '../content.js';
import { type Finding, problem } from '../finding.js';

/** Versions that are missing before a later one: never pushed, deleted, or lost with a restore. */
export const findGaps = ({ tableName, eventStoreId, aggregateId, events }: ExaminedAggregate): Finding[] => {
  let expected = 1;
  return events.flatMap(({ version }) => {
    const [first, last] = [expected, version - 1];
    expected = version + 1;
    if (last < first) return [];
    const missing =
      first === last
        ? `Version ${first} of ${aggregateId} in ${eventStoreId} is`
        : `Versions ${first} to ${last} of ${aggregateId} in ${eventStoreId} are`;
    return [
      problem('gap', {
        tableName,
        eventStoreId,
        aggregateId,
        version: first,
        message: `${missing} missing before version ${version}.`,
        remedy:
          'Import what is missing from an export, or push it with --version. If it never was: projections go on with parked skip, ' +
          'and the option gapless of the adapter prevents the next one.',
      }),
    ];
  });
};
