import { useEffect, useReducer, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import type { Cost, LiveEventShown, Overview, Problem } from '../../src/explorer/api.js';
import { plainText } from '../../src/output/plainText.js';
import { EventTypeName, Id, jsonLine, Time } from '../parts/text.js';
import { ProblemBox, View } from '../parts/View.js';
import { DISCONNECTED, textIn, toQuery, useView } from '../useView.js';

/** So many are shown, and so many wait while the page is paused. */
const MOST = 200;

interface Feed {
  readonly state: 'connecting' | 'live' | 'ended';
  readonly events: readonly LiveEventShown[];
  readonly waiting: readonly LiveEventShown[];
  readonly isPaused: boolean;
  readonly seen: number;
  readonly problem?: Problem | undefined;
  /** Whether it came after the costs before. */
  readonly isRecent: boolean;
  readonly cost?: Cost;
}

type Change =
  | { readonly kind: 'state'; readonly state: Feed['state']; readonly problem?: Problem | undefined }
  | { readonly kind: 'stored'; readonly event: LiveEventShown }
  | { readonly kind: 'problem'; readonly problem: Problem }
  | { readonly kind: 'cost'; readonly cost: Cost }
  | { readonly kind: 'pause' | 'clear' };

const EMPTY: Feed = { state: 'connecting', events: [], waiting: [], isPaused: false, seen: 0, isRecent: false };

const next = (feed: Feed, change: Change): Feed => {
  switch (change.kind) {
    case 'state':
      return { ...feed, state: change.state, problem: change.state === 'ended' ? feed.problem : change.problem };
    case 'stored': {
      const list = feed.isPaused ? 'waiting' : 'events';
      return { ...feed, seen: feed.seen + 1, [list]: [change.event, ...feed[list]].slice(0, MOST) };
    }
    case 'problem':
      return { ...feed, problem: change.problem, isRecent: true };
    case 'cost':
      // What goes wrong is tried again every second: if it did not come again meanwhile, it is over.
      return { ...feed, cost: change.cost, problem: lasting(feed), isRecent: false };
    case 'pause':
      return feed.isPaused
        ? { ...feed, isPaused: false, events: [...feed.waiting, ...feed.events].slice(0, MOST), waiting: [] }
        : { ...feed, isPaused: true };
    case 'clear':
      return { ...EMPTY, isPaused: feed.isPaused };
  }
};

const lasting = ({ problem, isRecent }: Feed): Problem | undefined =>
  isRecent || ABOUT_EVENTS.includes(problem?.code ?? '') ? problem : undefined;

/** These are not tried again. */
const ABOUT_EVENTS = ['UnreadableEventError', 'InvalidEventError'];

/** What the server sends under each name, as the change that it makes. */
const listen = (source: EventSource, name: string, changeOf: (data: never) => Change, change: (to: Change) => void) =>
  source.addEventListener(name, event => change(changeOf(JSON.parse((event as MessageEvent<string>).data) as never)));

export const Live = () => {
  const { query } = useLocation();
  const { store, aggregate, types } = query;
  const [feed, change] = useReducer(next, EMPTY);
  const [round, setRound] = useState(0);
  useEffect(() => {
    change({ kind: 'clear' });
    const source = new EventSource(`/api/live${toQuery({ store, aggregate, types })}`);
    source.addEventListener('ready', () => change({ kind: 'state', state: 'live' }));
    listen(source, 'stored', (event: LiveEventShown) => ({ kind: 'stored', event }), change);
    listen(source, 'problem', (problem: Problem) => ({ kind: 'problem', problem }), change);
    listen(source, 'cost', (cost: Cost) => ({ kind: 'cost', cost }), change);
    source.addEventListener('end', () => {
      source.close();
      change({ kind: 'state', state: 'ended' });
    });
    // The browser connects again by itself.
    source.addEventListener('error', () =>
      change({
        kind: 'state',
        state: source.readyState === EventSource.CLOSED ? 'ended' : 'connecting',
        problem: DISCONNECTED,
      }),
    );
    return () => source.close();
  }, [store, aggregate, types, round]);

  return (
    <>
      <h1 tabIndex={-1}>Live</h1>
      <Filters />
      <p role="status">{statusOf(feed)}</p>
      {feed.problem && (
        <ProblemBox
          problem={feed.problem}
          {...(feed.state === 'ended' && { onRetry: () => setRound(before => before + 1) })}
        />
      )}
      <button type="button" aria-pressed={feed.isPaused} onClick={() => change({ kind: 'pause' })}>
        {feed.isPaused ? 'Go on' : 'Pause'}
      </button>
      {feed.events.length > 0 && <Rows events={feed.events} />}
      {feed.cost && (
        <p class="cost">
          {feed.cost.requests} requests so far, {feed.cost.readUnits} read units. The stream is asked once a second for
          each of its shards, as long as a page like this is open.
        </p>
      )}
    </>
  );
};

const statusOf = ({ state, isPaused, waiting, seen }: Feed): string => {
  const events = `${seen} ${seen === 1 ? 'event' : 'events'} since it began`;
  if (isPaused) return `Paused, ${waiting.length}${waiting.length === MOST ? ' or more' : ''} waiting. ${events}.`;
  return { connecting: 'Connecting…', live: `Live: ${events}.`, ended: 'It has ended.' }[state];
};

const Filters = () => {
  const view = useView<Overview>('overview');
  return <View view={view}>{({ eventStores }) => <FilterForm eventStores={eventStores} />}</View>;
};

const FilterForm = ({ eventStores }: Pick<Overview, 'eventStores'>) => {
  const { query, route } = useLocation();
  const { store = '', aggregate = '', types = '' } = query;
  const names = eventStores.map(({ eventStoreId }) => eventStoreId);
  return (
    <form
      key={JSON.stringify([store, aggregate, types])}
      onSubmit={event => {
        event.preventDefault();
        const form = event.currentTarget;
        const [chosen, id, wanted] = ['store', 'aggregate', 'types'].map(name => textIn(form, name));
        route(`/live${toQuery({ store: chosen, aggregate: id, types: wanted })}`);
      }}
    >
      <label>
        Event store{' '}
        <select name="store" defaultValue={store}>
          <option value="">all</option>
          {[...new Set([...names, ...(store === '' ? [] : [store])])].map(name => (
            <option key={name} value={name}>
              {plainText(name)}
            </option>
          ))}
        </select>
      </label>
      <label>
        Aggregate with exactly this id <input name="aggregate" defaultValue={aggregate} />
      </label>
      <label>
        Types, separated by commas <input name="types" defaultValue={types} />
      </label>
      <button type="submit">Filter</button>
    </form>
  );
};

const Rows = ({ events }: { events: readonly LiveEventShown[] }) => (
  <div class="scroll" role="region" aria-label="Live events" tabIndex={0}>
    <table>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Event</th>
          <th scope="col">Aggregate</th>
          <th scope="col">Payload</th>
        </tr>
      </thead>
      <tbody>
        {events.map(({ eventStoreId, aggregateId, version, type, timestamp, payload }) => (
          <tr key={JSON.stringify([eventStoreId, aggregateId, version])}>
            <td>
              <Time timestamp={timestamp} />
            </td>
            <td>
              <EventTypeName type={type} />
            </td>
            <td>
              <Id>{eventStoreId}</Id>{' '}
              <a href={`/aggregate${toQuery({ store: eventStoreId, aggregate: aggregateId, version })}`}>
                <Id>{aggregateId}</Id> version {version}
              </a>
            </td>
            <td class="json-line">{payload === undefined ? '' : jsonLine(payload)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
