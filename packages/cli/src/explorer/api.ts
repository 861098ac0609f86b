/*
 * What the server tells the page: plain JSON. Values of events are in the form of `toExactJson`, so that bytes, sets and large
 * integers arrive as what they are.
 */

/** What a view has cost. */
export interface Cost {
  readonly requests: number;
  readonly readUnits: number;
}

/** Why something cannot be shown, and what to do. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly advice?: string;
}

/** Every answer: what was asked for, or why it is not there. Either has a cost. */
export type Answer<DATA> = { readonly cost: Cost } & ({ readonly data: DATA } | { readonly problem: Problem });

export interface EventStoreEntry {
  readonly eventStoreId: string;
  readonly tableName?: string;
  /** Whether the configuration has its reducer and its transformations. */
  readonly isConfigured: boolean;
}

export interface Overview {
  readonly eventStores: readonly EventStoreEntry[];
  /** Whether the table may have more event stores than were looked for. */
  readonly mayHaveMore: boolean;
  /** Why the table was not searched for event stores, if it should have been. */
  readonly problem?: Problem;
}

/** Members of events' metadata, of which the first that is there counts. */
export interface MetadataKeys {
  readonly correlationId: readonly string[];
  readonly causationId: readonly string[];
  readonly eventId: readonly string[];
}

export interface AggregatesPage {
  readonly aggregates: readonly { readonly aggregateId: string; readonly initialEventTimestamp: string }[];
  readonly nextPageToken?: string;
  /** Why aggregates may be missing here, if they may. */
  readonly gap?: string;
}

export interface ShownEvent {
  readonly version: number;
  readonly timestamp: string;
  readonly type: string;
  readonly payload?: unknown;
  readonly metadata?: unknown;
  /** Bytes, as DynamoDB counts them. */
  readonly size: number;
  /** What it takes to write the item, and to read it alone, strongly consistent. */
  readonly writeUnits: number;
  readonly readUnits: number;
  /** What changed it on its way into the table. */
  readonly encoding: readonly string[];
  readonly redactions: readonly { readonly kind: string; readonly at: string; readonly reason: string }[];
  readonly links: EventLinks;
  /** Why it cannot be read. Then payload and metadata are as they are stored. */
  readonly problem?: Problem;
}

export interface EventLinks {
  readonly correlationId?: string;
  readonly causationId?: string;
  readonly eventId?: string;
}

export interface EventsPage {
  readonly events: readonly ShownEvent[];
  /** If an instant was asked for: the version then; 0 if the aggregate had not begun. The events are those around it. */
  readonly versionAt?: number;
  /** Of the aggregate now; 0 if there is none. */
  readonly lastVersion: number;
  readonly hasMore: boolean;
}

export interface StateAtVersion {
  readonly version: number;
  /** Whether there is an event with this version. Without one nothing has changed. */
  readonly hasEvent: boolean;
  readonly by: 'reducer' | 'payloads';
  readonly state: unknown;
  readonly before: unknown;
  readonly difference: readonly Change[];
  /** The version of the snapshot that the state before was built from. */
  readonly snapshotVersion?: number;
}

/** A member that is another than before. */
export interface Change {
  readonly path: readonly string[];
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface RawItem {
  readonly version: number;
  /** In DynamoDB's own JSON, as the AWS CLI shows it. */
  readonly item: unknown;
}

export interface CorrelatedEvent extends EventLinks {
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly type: string;
  readonly timestamp: string;
}

/** One line of the tree: each event after the one that caused it, and deeper by one. */
export interface CorrelatedLine {
  readonly depth: number;
  readonly event: CorrelatedEvent;
}

export interface Correlation {
  /** The first 1,000. */
  readonly lines: readonly CorrelatedLine[];
  /** How many there are. */
  readonly matching: number;
  /** Which were looked through: those that were read since the explorer started. */
  readonly aggregatesRead: number;
  readonly eventsRead: number;
  /** Whether older ones were forgotten, to bound the memory. */
  readonly isPartial: boolean;
}

/** An event as it was stored a moment ago. */
export interface LiveEventShown {
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly type: string;
  readonly timestamp: string;
  readonly payload?: unknown;
}

/** An aggregate whose events wait, because a projection could not handle one of them. */
export interface ParkedShown {
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly parkedAt: string;
  readonly error: string;
  /** The event's type, or why there is none. */
  readonly type?: string;
  readonly payload?: unknown;
  /** What to type to retry it: the page writes nothing. */
  readonly command: string;
}

/** How far a projection has come with an aggregate. */
export interface PositionShown {
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly lastVersion: number;
  /** 0 if nothing of it was handled yet. */
  readonly position: number;
}

export interface ProjectionShown {
  readonly name: string;
  readonly parked: readonly ParkedShown[];
  /** Of the aggregates that began last. */
  readonly positions: readonly PositionShown[];
  readonly problem?: Problem;
}

export interface Projections {
  readonly projections: readonly ProjectionShown[];
}

/** What doctor has found. */
export interface FindingShown {
  readonly check: string;
  readonly severity: 'problem' | 'remark';
  readonly message: string;
  readonly remedy: string;
  readonly place?: {
    readonly eventStoreId: string;
    readonly aggregateId: string;
    readonly version: number | undefined;
  };
}

export interface Health {
  readonly findings: readonly FindingShown[];
  /** Whether there are no more. */
  readonly isComplete: boolean;
  /** How many were looked at. */
  readonly aggregates: number;
}
