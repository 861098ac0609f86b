import type { EventDetail, EventStoreContext, ListAggregateIdsOptions, ListAggregateIdsOutput } from '@castore/core';

import { ReferenceAdapter } from '../referenceAdapter.js';
import type { Defect } from './defect.js';

type ListedAggregate = ListAggregateIdsOutput['aggregateIds'][number];

/** Changes what is asked for, and what is listed. */
const listing = (
  ask: (options: ListAggregateIdsOptions) => ListAggregateIdsOptions,
  answer: (listed: ListAggregateIdsOutput, options: ListAggregateIdsOptions) => ListAggregateIdsOutput = listed =>
    listed,
) =>
  class extends ReferenceAdapter {
    override async listAggregateIds(
      context: EventStoreContext,
      options: ListAggregateIdsOptions = {},
    ): Promise<ListAggregateIdsOutput> {
      return answer(await super.listAggregateIds(context, ask(options)), options);
    }
  };

/** Changes the aggregates that there are to list. */
const indexing = (change: (index: ListedAggregate[], adapter: ReferenceAdapter) => ListedAggregate[]) =>
  class extends ReferenceAdapter {
    protected override firstEvents(eventStoreId: string): ListedAggregate[] {
      return change(super.firstEvents(eventStoreId), this);
    }
  };

const asAsked = (options: ListAggregateIdsOptions): ListAggregateIdsOptions => options;
export const LimitIsIgnored = listing(({ limit: _limit, ...options }) => options);

export const listingDefects: readonly Defect[] = [
  {
    defect: 'every page has a token',
    breaks: 'an empty event store lists nothing',
    Adapter: listing(asAsked, listed => ({ nextPageToken: 'end', ...listed })),
  },
  {
    defect: 'the time of the last event is listed',
    breaks: 'aggregates are listed by first event',
    Adapter: class extends ReferenceAdapter {
      protected override firstEvents(eventStoreId: string): ListedAggregate[] {
        return [...this.aggregates(eventStoreId)].map(([aggregateId, events]) => ({
          aggregateId,
          initialEventTimestamp: [...events.values()].at(-1)?.timestamp ?? '',
        }));
      }
    },
  },
  {
    defect: 'reverse is ignored',
    breaks: 'listing can be reversed',
    Adapter: listing(({ reverse: _reverse, ...options }) => options),
  },
  {
    defect: 'initialEventBefore is exclusive',
    breaks: 'listing bounds are inclusive',
    Adapter: listing(asAsked, ({ aggregateIds, ...rest }, { initialEventBefore }) => ({
      aggregateIds: aggregateIds.filter(listed => listed.initialEventTimestamp !== initialEventBefore),
      ...rest,
    })),
  },
  { defect: 'limit is ignored', breaks: 'a listing limit is exact', Adapter: LimitIsIgnored },
  {
    defect: 'ids are listed as they are encoded',
    breaks: 'listed ids are the pushed ones',
    Adapter: indexing(index =>
      index.map(listed => ({ ...listed, aggregateId: encodeURIComponent(listed.aggregateId) })),
    ),
  },
  {
    defect: 'all event stores are listed',
    breaks: 'event stores are listed apart',
    Adapter: class extends ReferenceAdapter {
      protected override firstEvents(): ListedAggregate[] {
        return [...this.database.keys()].flatMap(eventStoreId => super.firstEvents(eventStoreId));
      }
    },
  },
  {
    defect: 'an overwritten first event stays listed',
    breaks: 'a forced first event is listed anew',
    Adapter: class extends ReferenceAdapter {
      readonly #index: ListedAggregate[] = [];

      protected override store(eventStoreId: string, event: EventDetail): void {
        this.#index.push({ aggregateId: event.aggregateId, initialEventTimestamp: event.timestamp });
        super.store(eventStoreId, event);
      }

      protected override firstEvents(): ListedAggregate[] {
        return this.#index;
      }
    },
  },
  {
    defect: 'a page token holds the time alone',
    breaks: 'paging visits every aggregate once',
    Adapter: class extends ReferenceAdapter {
      protected override writeToken(...[id, { position, ...options }]: Parameters<ReferenceAdapter['writeToken']>) {
        return super.writeToken(id, { ...options, position: { ...position, aggregateId: '\uffff' } });
      }
    },
  },
  {
    defect: 'a page token turns reverse off',
    breaks: 'paging keeps range and direction',
    Adapter: listing(options => ({ ...options, reverse: options.reverse === true && options.pageToken === undefined })),
  },
  {
    defect: 'a page token forgets its options',
    breaks: 'a page token carries its options',
    Adapter: class extends ReferenceAdapter {
      protected override writeToken(...[id, { position }]: Parameters<ReferenceAdapter['writeToken']>) {
        return super.writeToken(id, { position });
      }
    },
  },
  {
    defect: 'a page token wins over options',
    breaks: 'options win over a page token',
    Adapter: listing(({ pageToken, ...options }) => (pageToken === undefined ? options : { pageToken })),
  },
  {
    defect: 'the signature of a page token is not read',
    breaks: 'a truncated page token is refused',
    Adapter: class extends ReferenceAdapter {
      protected override readToken(eventStoreId: string, token: string) {
        const [text = ''] = token.split('.');
        return super.readToken(eventStoreId, `${text}.${this.sign(eventStoreId, text)}`);
      }
    },
  },
  { defect: 'limit is ignored', breaks: 'EventStore.listAggregateIds', Adapter: LimitIsIgnored },
];
