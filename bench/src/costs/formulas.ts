/*
 * What operations cost in requests and capacity units, over the number of events or aggregates. COSTS.md is made from this,
 * and test/costs.test.ts holds it against what an engine counts.
 */

export interface Cost {
  requests: number;
  readUnits: number;
  writeUnits: number;
}

/** What is stored, in bytes as DynamoDB counts them. */
export interface Sizes {
  /** An event's item, attribute names included. */
  event: number;
  /** The entry of an aggregate in the index `initialEvents`, which has keys only. */
  entry: number;
  /** Events of an aggregate, if there are many aggregates. */
  eventsEach: number;
}

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html */
const READ_UNIT = 4 * 1024;
const WRITE_UNIT = 1024;

/** What a Query or a Scan reads at most. Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html */
export const PAGE = 1024 * 1024;

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const KEYS_A_BATCH = 100;

/** Parts of a table that are scanned at the same time, by default. */
const SEGMENTS = 4;

const pagesOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / PAGE));
const readUnitsOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / READ_UNIT));
const writeUnitsOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / WRITE_UNIT));

const reads = (requests: number, readUnits: number): Cost => ({ requests, readUnits, writeUnits: 0 });

const sum = (...costs: readonly Cost[]): Cost => ({
  requests: costs.reduce((all, { requests }) => all + requests, 0),
  readUnits: costs.reduce((all, { readUnits }) => all + readUnits, 0),
  writeUnits: costs.reduce((all, { writeUnits }) => all + writeUnits, 0),
});

export const push = ({ event }: Sizes): Cost => ({ requests: 1, readUnits: 0, writeUnits: writeUnitsOf(event) });

/** The event, and the aggregate's entry in the index. */
export const pushFirst = ({ event, entry }: Sizes): Cost => ({
  requests: 1,
  readUnits: 0,
  writeUnits: writeUnitsOf(event) + writeUnitsOf(entry),
});

/** Writes in a transaction cost twice as much. */
export const pushGroup = ({ event }: Sizes, events: number): Cost => ({
  requests: 1,
  readUnits: 0,
  writeUnits: 2 * events * writeUnitsOf(event),
});

/** Each page is rounded up by itself, so there may be a read unit more for each. */
export const getEvents = ({ event }: Sizes, events: number): Cost =>
  reads(pagesOf(events * event), readUnitsOf(events * event));

/** The last event, which proves that nothing has come. */
export const loadFromMemory = ({ event }: Sizes): Cost => reads(1, readUnitsOf(event));

/** The snapshot and the last event, at the same time. */
export const loadFromSnapshot = ({ event }: Sizes, state: number): Cost =>
  reads(2, readUnitsOf(state) + readUnitsOf(event));

/** At most: a bisection by single events, and longer reads before it, as long as these might spare it. */
export const loadOfInstant = ({ event }: Sizes, events: number): Cost => {
  const bisection = Math.ceil(Math.log2(events)) + 5;
  const all = getEvents({ event, entry: 0, eventsEach: 0 }, events);
  return reads(bisection, Math.min(all.readUnits, 4 * bisection * readUnitsOf(event)));
};

/** The index is read eventually consistent, for half the units. */
export const listPage = ({ entry }: Sizes, aggregates: number): Cost => reads(1, readUnitsOf(aggregates * entry) / 2);

export const listAll = ({ entry }: Sizes, aggregates: number): Cost =>
  reads(pagesOf(aggregates * entry), readUnitsOf(aggregates * entry) / 2);

/** All aggregates, one after the other, as long as each fits into a page. */
export const readMerged = (sizes: Sizes, aggregates: number): Cost =>
  sum(listAll(sizes, aggregates), reads(aggregates, aggregates * readUnitsOf(sizes.eventsEach * sizes.event)));

/** A consistent Scan of the whole table, in segments. */
export const scan = ({ event, eventsEach }: Sizes, aggregates: number): Cost => {
  const bytes = aggregates * eventsEach * event;
  return reads(SEGMENTS * pagesOf(bytes / SEGMENTS), readUnitsOf(bytes));
};

const BUILD_PAGE = 100;

/** Of aggregates that are too short for a snapshot: each is listed, and its events are read. */
export const buildOfShort = (sizes: Sizes, aggregates: number): Cost => {
  const [pages, rest] = [Math.floor(aggregates / BUILD_PAGE), aggregates % BUILD_PAGE];
  return sum(
    reads(pages, pages * listPage(sizes, BUILD_PAGE).readUnits),
    rest === 0 ? reads(0, 0) : listPage(sizes, rest),
    reads(aggregates, aggregates * readUnitsOf(sizes.eventsEach * sizes.event)),
  );
};

/** A Scan; the aggregates' positions are read, a hundred at a time, and each is written once for each page that it is in. */
export const replayToHandler = (sizes: Sizes, aggregates: number): Cost =>
  sum(scan(sizes, aggregates), readPositions(aggregates), {
    requests: aggregates,
    readUnits: 0,
    writeUnits: aggregates,
  });

/** Positions are written in transactions, with the view that they belong to. */
export const replayToOneView = (sizes: Sizes, aggregates: number): Cost => {
  const transactions = Math.ceil(aggregates / (KEYS_A_BATCH - 1));
  return sum(scan(sizes, aggregates), readPositions(aggregates), {
    requests: transactions,
    readUnits: 0,
    writeUnits: 2 * (aggregates + transactions),
  });
};

/** DynamoDB counts a read also if there is nothing yet. */
const readPositions = (aggregates: number): Cost => reads(Math.ceil(aggregates / KEYS_A_BATCH), aggregates);
