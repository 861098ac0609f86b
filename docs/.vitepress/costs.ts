/** What a table of prices says, in US dollars. The reader can change each of them. */
export interface Prices {
  /** For a million write request units. */
  writes: number;
  /** For a million read request units. */
  reads: number;
  /** For a GB and month of storage. */
  storage: number;
}

/**
 * On-demand capacity and storage of the table class Standard in us-east-1, as of November 2024:
 * https://aws.amazon.com/blogs/database/new-amazon-dynamodb-lowers-pricing-for-on-demand-throughput-and-global-tables/
 */
export const PRICES: Prices = { writes: 0.625, reads: 0.125, storage: 0.25 };

export interface Load {
  /** Events that are pushed in a second, on average. */
  eventsPerSecond: number;
  /** Bytes of an event as an item, keys included. */
  eventBytes: number;
  /** How many of the events are the first of their aggregates: 1 in so many. */
  eventsPerAggregate: number;
  /** Loads of an aggregate for each push: a command loads before it pushes. */
  loadsPerPush: number;
  /** Events between two snapshots; 0 without snapshots. */
  snapshotEvery: number;
  /** Bytes of a snapshot. */
  snapshotBytes: number;
  /** Projections with a view of up to 1 KB for each aggregate, or less. */
  projections: number;
}

export interface Costs {
  writeUnits: number;
  readUnits: number;
  gigabytes: number;
  dollars: number;
}

const SECONDS_OF_A_MONTH = 30 * 24 * 3600;
const WRITE_UNIT = 1024;
const READ_UNIT = 4096;
/** What DynamoDB adds to the size of an item for storage. */
const ITEM_OVERHEAD = 100;

/** Units of a query that reads so many bytes, strongly consistent; a query of nothing costs one, too. */
const readUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / READ_UNIT));
const writeUnits = (bytes: number): number => Math.ceil(bytes / WRITE_UNIT);

/**
 * What a month costs, on demand: pushes with the index entry of an aggregate's first event (its keys alone, a unit), loads of the events after
 * the newest snapshot (half of those between two, on average), snapshots, and projections that keep a view and its
 * position by `key: 'aggregateId'`, an event a batch, which is the dearest case.
 */
export const monthlyCosts = (load: Load, prices: Prices = PRICES): Costs => {
  const pushes = load.eventsPerSecond * SECONDS_OF_A_MONTH;
  const firstEvents = pushes / Math.max(1, load.eventsPerAggregate);
  const hasSnapshots = load.snapshotEvery > 0;
  const snapshots = hasSnapshots ? pushes / load.snapshotEvery : 0;

  // A load reads half of an aggregate's life, on average; with snapshots, half of the events between two and the snapshot.
  const span = hasSnapshots ? Math.min(load.snapshotEvery, load.eventsPerAggregate) : load.eventsPerAggregate;
  const unitsOfLoad = readUnits((span / 2) * load.eventBytes) + (hasSnapshots ? readUnits(load.snapshotBytes) : 0);

  const writes =
    pushes * writeUnits(load.eventBytes) +
    firstEvents +
    snapshots * writeUnits(load.snapshotBytes) +
    pushes * load.projections;
  const reads = pushes * load.loadsPerPush * unitsOfLoad + pushes * load.projections;
  const gigabytes = (pushes * (load.eventBytes + ITEM_OVERHEAD)) / 1e9;

  return {
    writeUnits: writes,
    readUnits: reads,
    gigabytes,
    dollars: (writes * prices.writes + reads * prices.reads) / 1e6 + gigabytes * prices.storage,
  };
};
