import { eventTableDifferences } from '@castore-dynamodb/adapter';

import { type Finding, problem } from '../finding.js';
import type { ExaminedTable } from '../subject.js';

/** A table that is not there, is no event table, or differs from what the adapters expect. No request. */
export const checkTableDefinition = ({ tableName, description, layout }: ExaminedTable): Finding[] => {
  if (description === undefined) {
    return [
      problem('table', {
        tableName,
        message: `There is no table ${tableName} in this account and region.`,
        remedy: 'Look at --region, --profile and --table; or make it: castore-dynamodb table create.',
      }),
    ];
  }
  if (layout === undefined) {
    return [
      problem('table', {
        tableName,
        message: `${tableName} is not an event table: its keys, or those of its index initialEvents, are different.`,
        remedy: 'Look at --table. If events are in it, castore-dynamodb table describe shows how its keys differ.',
      }),
    ];
  }
  const status = description.TableStatus ?? 'UNKNOWN';
  return [
    ...eventTableDifferences(layout, description).map(({ what, expected, actual }) =>
      problem('table', {
        tableName,
        message: `${what} of ${tableName} is ${actual}, and should be ${expected}.`,
        remedy: what.startsWith('index')
          ? 'Delete the index and create it as castore-dynamodb table print has it: it is filled from the events.'
          : 'Keys cannot be changed: copy the events into a table of castore-dynamodb table create.',
      }),
    ),
    ...(USABLE.includes(status)
      ? []
      : [
          problem('table', {
            tableName,
            message: `${tableName} is ${status}.`,
            remedy: 'Wait until it is ACTIVE; if its key cannot be used, see KMS.',
          }),
        ]),
  ];
};

const USABLE = ['ACTIVE', 'UPDATING'];
