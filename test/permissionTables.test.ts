import { type EventTableOperation, type EventTablePermissions, eventTableOperations } from '@castore-dynamodb/table';
import { readPage } from '@castore-dynamodb/testing/codeBlocks';

type Rows = readonly (readonly [about: RegExp, operations: readonly EventTableOperation[]])[];

/**
 * The tables of permissions on packages' pages, which people write, and which operations each row is about. Those of
 * `packages/table` and `packages/cdk-construct` are compared whole, in their own tests.
 */
const TABLES: Record<string, { page?: string; heading: string; rows: Rows; others: RegExp }> = {
  adapter: {
    heading: '| operation | action | resource |',
    rows: [
      [/`getEvents`/, ['getEvents']],
      [/`pushEvent`/, ['pushEvent', 'pushEventGroup']],
      [/`checkEventTable`/, ['describeEventTable']],
      [/`listAggregateIds`/, ['listAggregateIds']],
      [/`gapless: true`/, ['readPredecessor']],
      [/`checks`/, ['checkUnchanged']],
      [/`putAlongside`/, ['pushEventGroup']],
    ],
    others: /projections on Lambda/,
  },
  commands: {
    heading: '| for | actions | on |',
    rows: [
      [/^`appendEvents`/, ['getEvents', 'pushEvent']],
      [/^`unchanged`/, ['checkUnchanged']],
      [/^`runOnce`/, ['runOnce']],
    ],
    others: /^$/,
  },
  events: {
    heading: '| for | actions | on |',
    rows: [
      [/^`redactEvent`/, ['redactEvents']],
      [/^`deleteAggregate`/, ['deleteAggregate']],
      [/^`deleteEventStore`/, ['deleteEventStore']],
      [/^`redactionsOf`/, ['getEvents']],
    ],
    others: /^$/,
  },
  live: {
    heading: '| for | actions | on |',
    rows: [
      [/^`handler`/, ['liveFeedConnections']],
      [/^`projection`/, ['liveFeedDeliveries']],
    ],
    others: /^both/,
  },
  'events, of keys': {
    page: 'events',
    heading: '| for | actions on the table of keys | actions on the key of KMS |',
    rows: [
      [/^reading/, ['readSubjectKeys']],
      [/^pushing/, ['writeSubjectKeys']],
      [/^`forget`/, ['forgetSubject']],
      [/^`rewrap`/, ['rewrapSubjectKeys']],
    ],
    others: /^$/,
  },
  snapshots: {
    heading: '| for | actions | on |',
    rows: [
      [/^loads/, ['readSnapshots']],
      [/^writing/, ['writeSnapshots']],
      [/^retention/, ['deleteSnapshots']],
      [/^`build`/, ['buildSnapshotsByScan']],
    ],
    others: /^S3/,
  },
};

/** The rows below a heading, as lists of cells. */
const rowsBelow = (heading: string, text: string): string[][] => {
  const [, table = ''] = text.split(`${heading}\n`);
  const lines = table.slice(0, table.indexOf('\n\n')).split('\n').slice(1);
  return lines.map(line => line.slice(2, -2).split(' | '));
};

const distinct = (actions: readonly string[]): string[] => [...new Set(actions)].toSorted();

describe.each(Object.entries(TABLES))(
  'the table of permissions on the page %s',
  (name, { page = name, heading, rows, others }) => {
    const written = rowsBelow(heading, readPage(page)).filter(([about = '']) => !others.test(about));

    it('has the rows that are known here, and no other', () => {
      expect(written.map(([about]) => about)).toEqual(rows.map(([about]) => expect.stringMatching(about)));
    });

    it.each(rows)('says what eventTableOperations says of %s', (about, operations) => {
      const [, actions = ''] = written.find(([first = '']) => about.test(first)) ?? [];
      const promised = operations.flatMap(operation =>
        Object.values<readonly string[]>(eventTableOperations[operation] as EventTablePermissions).flat(),
      );

      expect(distinct(actions.match(/dynamodb:\w+/g) ?? [])).toEqual(distinct(promised));
    });
  },
);
