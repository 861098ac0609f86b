import { randomUUID } from 'node:crypto';

import type {
  EventDetail,
  EventStorageAdapter,
  EventStoreContext,
  EventsQueryOptions,
  GroupedEvent,
  ListAggregateIdsOptions,
  OptionalTimestamp,
} from '@castore/core';

/** Makes the adapter of one event store. */
export type CreateAdapter = (context: EventStoreContext) => EventStorageAdapter | Promise<EventStorageAdapter>;

/** An event store's adapter, called with its context, as Castore's `EventStore` calls it. */
export class TestStore {
  constructor(
    readonly context: EventStoreContext,
    readonly adapter: EventStorageAdapter,
  ) {}

  get eventStoreId(): string {
    return this.context.eventStoreId;
  }

  async push(event: OptionalTimestamp<EventDetail>, options: { force?: boolean } = {}): Promise<EventDetail> {
    const { event: pushed } = await this.adapter.pushEvent(event, { ...this.context, ...options });
    return pushed;
  }

  async pushAll(events: readonly EventDetail[]): Promise<void> {
    await Promise.all(events.map(event => this.push(event)));
  }

  async read(aggregateId: string, options?: EventsQueryOptions): Promise<EventDetail[]> {
    const { events } = await this.adapter.getEvents(aggregateId, this.context, options);
    return events;
  }

  async list(options?: ListAggregateIdsOptions): ReturnType<EventStorageAdapter['listAggregateIds']> {
    return this.adapter.listAggregateIds(this.context, options);
  }

  group(event: OptionalTimestamp<EventDetail>): GroupedEvent {
    return Object.assign(this.adapter.groupEvent(event), { context: this.context });
  }
}

/** The event stores of one run of the suite. Their ids are new in every run, so that a database may be used again. */
export class TestStores {
  readonly #run = randomUUID().slice(0, 8);
  readonly #opened = new Map<string, Promise<TestStore>>();
  readonly #createAdapter: CreateAdapter;
  readonly #createAdapterElsewhere: CreateAdapter | undefined;

  constructor(createAdapter: CreateAdapter, createAdapterElsewhere?: CreateAdapter) {
    this.#createAdapter = createAdapter;
    this.#createAdapterElsewhere = createAdapterElsewhere;
  }

  /** The event store with this name, opened once. */
  async open(name: string): Promise<TestStore> {
    return this.#open(name, 'here', this.#createAdapter);
  }

  /** The event store of the same id in the other place. */
  async openElsewhere(name: string): Promise<TestStore> {
    if (this.#createAdapterElsewhere === undefined) throw new Error('There is no createAdapterElsewhere.');
    return this.#open(name, 'elsewhere', this.#createAdapterElsewhere);
  }

  async #open(name: string, place: string, createAdapter: CreateAdapter): Promise<TestStore> {
    const key = `${place} ${name}`;
    const create = async (): Promise<TestStore> => {
      // The run's part comes first: what checks put at the end of a name stays there.
      const context = { eventStoreId: `${this.#run}-${name}` };
      return new TestStore(context, await createAdapter(context));
    };
    const opened = this.#opened.get(key) ?? create();
    this.#opened.set(key, opened);
    return opened;
  }
}

/** Something that several checks share and nobody changes: made when the first of them asks, once for a run. */
export const fixture = <FIXTURE>(make: (stores: TestStores) => Promise<FIXTURE>) => {
  const made = new WeakMap<TestStores, Promise<FIXTURE>>();
  return async (stores: TestStores): Promise<FIXTURE> => {
    const fixtureOfRun = made.get(stores) ?? make(stores);
    made.set(stores, fixtureOfRun);
    return fixtureOfRun;
  };
};

/** The event store that most checks use, each with aggregates of its own. */
export const POKEMONS = 'POKEMONS';
export const TRAINERS = 'TRAINERS';
