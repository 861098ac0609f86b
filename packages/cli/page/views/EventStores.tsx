import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import type { AggregatesPage, EventStoreEntry, Overview } from '../../src/explorer/api.js';
import { Id, Time } from '../parts/text.js';
import { ProblemBox, View } from '../parts/View.js';
import { textIn, toQuery, useView } from '../useView.js';

export const EventStores = () => {
  const view = useView<Overview>('overview');
  return (
    <>
      <h1 tabIndex={-1}>Event stores</h1>
      <View view={view}>{overview => <Stores overview={overview} />}</View>
    </>
  );
};

const Stores = ({ overview: { eventStores, mayHaveMore, problem } }: { overview: Overview }) => {
  const { query } = useLocation();
  const chosen = query['store'] || (eventStores.length === 1 ? eventStores[0]?.eventStoreId : undefined);
  const isKnown = eventStores.some(({ eventStoreId }) => eventStoreId === chosen);
  return (
    <>
      {problem && <ProblemBox problem={problem} />}
      {eventStores.length > 0 && (
        <ul class="stores">
          {eventStores.map(entry => (
            <StoreLink key={entry.eventStoreId} entry={entry} isChosen={entry.eventStoreId === chosen} />
          ))}
        </ul>
      )}
      {eventStores.length === 0 && !problem && <p>The table has no event stores yet: it has no first event.</p>}
      {mayHaveMore && <OtherStore />}
      {chosen !== undefined && <Aggregates key={chosen} store={chosen} isKnown={isKnown} />}
    </>
  );
};

const StoreLink = ({ entry, isChosen }: { entry: EventStoreEntry; isChosen: boolean }) => (
  <li>
    <a href={`/${toQuery({ store: entry.eventStoreId })}`} aria-current={isChosen ? 'true' : undefined}>
      <Id>{entry.eventStoreId}</Id>
    </a>{' '}
    <span class="quiet">
      {entry.isConfigured ? 'with its reducer' : 'found in the table'}
      {entry.tableName !== undefined && entry.tableName !== entry.eventStoreId && (
        <>
          , table <Id>{entry.tableName}</Id>
        </>
      )}
    </span>
  </li>
);

const OtherStore = () => {
  const { route } = useLocation();
  const [store, setStore] = useState('');
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        route(`/${toQuery({ store })}`);
      }}
    >
      <p class="quiet">There may be more than these. Open one by its id:</p>
      <label>
        Event store <input value={store} required onInput={event => setStore(event.currentTarget.value)} />
      </label>
      <button type="submit">Open</button>
    </form>
  );
};

const Aggregates = ({ store, isKnown }: { store: string; isKnown: boolean }) => {
  const { query, route } = useLocation();
  const { order, after, before, page } = query;
  const view = useView<AggregatesPage>('aggregates', { store, order, after, before, page });
  const here = (changes: Record<string, string | undefined>) =>
    `/${toQuery({ store, order, after, before, ...changes })}`;
  return (
    <section aria-labelledby="aggregates">
      <h2 id="aggregates">
        Aggregates of <Id>{store}</Id>
      </h2>
      <OpenAggregate store={store} />
      <form
        onSubmit={event => {
          event.preventDefault();
          const text = (name: string): string => textIn(event.currentTarget, name);
          route(here({ order: text('order'), after: text('after'), before: text('before') }));
        }}
      >
        <label>
          Order{' '}
          <select name="order" key={order} defaultValue={order ?? 'newest'}>
            <option value="newest">newest first</option>
            <option value="oldest">oldest first</option>
          </select>
        </label>
        <label>
          Began after <input name="after" defaultValue={after ?? ''} placeholder="2026-11-27" />
        </label>
        <label>
          Began before <input name="before" defaultValue={before ?? ''} placeholder="2026-11-28T10:00" />
        </label>
        <button type="submit">Filter</button>
      </form>
      <p class="quiet">
        The index has aggregates by the time of their first events, and nothing else. It cannot find parts of ids,
        types, payloads or last changes.
      </p>
      <View view={view}>
        {({ aggregates, nextPageToken, gap }) => (
          <>
            {gap !== undefined && <p role="status">{gap}</p>}
            {aggregates.length === 0 ? (
              <p>
                No aggregates{page ? ' any more' : ''}
                {isKnown ? '.' : ', and no event store of this name was found: ids are exact.'}
              </p>
            ) : (
              <table>
                <caption>{aggregates.length} aggregates</caption>
                <thead>
                  <tr>
                    <th scope="col">First event</th>
                    <th scope="col">Aggregate</th>
                  </tr>
                </thead>
                <tbody>
                  {aggregates.map(({ aggregateId, initialEventTimestamp }) => (
                    <tr key={aggregateId}>
                      <td>
                        <Time timestamp={initialEventTimestamp} />
                      </td>
                      <td>
                        <a href={`/aggregate${toQuery({ store, aggregate: aggregateId })}`}>
                          <Id>{aggregateId}</Id>
                        </a>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
            <nav aria-label="Pages" class="pages">
              {page && <a href={here({})}>First page</a>}
              {nextPageToken !== undefined && <a href={here({ page: nextPageToken })}>Next page</a>}
            </nav>
          </>
        )}
      </View>
    </section>
  );
};

const OpenAggregate = ({ store }: { store: string }) => {
  const { route } = useLocation();
  return (
    <form
      role="search"
      onSubmit={event => {
        event.preventDefault();
        const aggregate = textIn(event.currentTarget, 'aggregate');
        route(`/aggregate${toQuery({ store, aggregate })}`);
      }}
    >
      <label>
        Aggregate with exactly this id <input name="aggregate" required />
      </label>
      <button type="submit">Open</button>
    </form>
  );
};
