import type { ServerResponse } from 'node:http';

import { ReadBudget } from '../../connection/readBudget.js';
import type { Session } from '../../connection/session.js';
import { shownValue } from '../../state/plainState.js';
import { type LiveEvent, tailEvents } from '../../tail/tailEvents.js';
import { tailedTables } from '../../tail/tailedTables.js';
import type { LiveEventShown } from '../api.js';
import { problemOf } from '../problem.js';

/** Which events a page wants to see; without a member, whatever it is. */
export interface LiveFilter {
  readonly eventStoreId: string | undefined;
  readonly aggregateId: string | undefined;
  readonly types: readonly string[] | undefined;
}

const POLL_INTERVAL_MS = 1000;
const COST_INTERVAL_MS = 5000;
/** What a page may leave unread before its connection is ended. It connects again by itself. */
const MAX_UNREAD = 4 * 1024 * 1024;

/** What is read, and how it may be shown. */
export interface LiveSource {
  readonly session: Session;
  /** `--table`: then the event stores of the configuration are not used. */
  readonly table: string | undefined;
  readonly isRedacted: boolean;
}

interface Viewer {
  readonly response: ServerResponse;
  readonly filter: LiveFilter;
}

/**
 * Events as they are stored, for any number of pages. The streams are read once, and only while a page is open: each shard has
 * room for two readers, and a projection is one of them.
 */
export class LiveEvents {
  readonly #source: LiveSource;
  readonly #viewers = new Set<Viewer>();
  #tail: Tail | undefined;

  constructor(source: LiveSource) {
    this.#source = source;
  }

  open(response: ServerResponse, filter: LiveFilter): void {
    const viewer = { response, filter };
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.flushHeaders();
    this.#viewers.add(viewer);
    response.on('close', () => {
      this.#viewers.delete(viewer);
      if (this.#viewers.size === 0) this.close();
    });
    this.#tail ??= this.#begin();
    if (this.#tail.isReady) send(viewer, 'ready', {});
  }

  close(): void {
    this.#tail?.end.abort();
    this.#tail = undefined;
  }

  #begin(): Tail {
    const tail: Tail = { end: new AbortController(), budget: new ReadBudget(Number.POSITIVE_INFINITY), isReady: false };
    const { session } = this.#source;
    const costs = setInterval(() => this.#sendCost(tail), COST_INTERVAL_MS);
    session
      .runPart(tail.budget, () => this.#read(tail))
      .catch((error: unknown) => {
        if (this.#tail !== tail) return;
        // Whoever opens the page again begins anew.
        this.#tail = undefined;
        this.#sendAll('problem', problemOf(error));
        this.#sendAll('end', {});
        for (const { response } of this.#viewers) response.end();
      })
      .finally(() => clearInterval(costs));
    return tail;
  }

  async #read(tail: Tail): Promise<void> {
    const { session, table } = this.#source;
    const { eventStores = [] } = await session.config();
    const isConfigured = table === undefined && eventStores.length > 0;
    // A table of one event store does not know its id. The other views call it by the table's name, too.
    const eventStoreId = isConfigured ? undefined : await session.tableName();
    const events = tailEvents({
      tables: await tailedTables({ session, options: { table } }, eventStoreId),
      streamsClientOf: ({ dynamoDbClient }) => session.streamsClient(dynamoDbClient),
      pollIntervalMs: POLL_INTERVAL_MS,
      signal: tail.end.signal,
      onReady: () => {
        tail.isReady = true;
        this.#sendAll('ready', {});
        this.#sendCost(tail);
      },
      onError: error => this.#sendAll('problem', problemOf(error)),
    });
    for await (const event of events) this.#show(event);
  }

  #show({ eventStoreId, event }: LiveEvent): void {
    const { aggregateId, version, type, timestamp, payload } = event;
    const shown: LiveEventShown = {
      eventStoreId,
      aggregateId,
      version,
      type,
      timestamp,
      ...(payload !== undefined && { payload: shownValue(payload, this.#source.isRedacted) }),
    };
    for (const viewer of this.#viewers) if (isWanted(shown, viewer.filter)) send(viewer, 'stored', shown);
  }

  #sendCost({ budget: { requests, readUnits } }: Tail): void {
    this.#sendAll('cost', { requests, readUnits });
  }

  #sendAll(name: string, data: unknown): void {
    for (const viewer of this.#viewers) send(viewer, name, data);
  }
}

interface Tail {
  readonly end: AbortController;
  readonly budget: ReadBudget;
  isReady: boolean;
}

const isWanted = (event: LiveEventShown, { eventStoreId, aggregateId, types }: LiveFilter): boolean =>
  (eventStoreId ?? event.eventStoreId) === event.eventStoreId &&
  (aggregateId ?? event.aggregateId) === event.aggregateId &&
  (types === undefined || types.includes(event.type));

/** JSON has no line ends, so it is one line of the stream. */
const send = ({ response }: Viewer, name: string, data: unknown): void => {
  if (response.writableLength > MAX_UNREAD) response.destroy();
  else response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
};
