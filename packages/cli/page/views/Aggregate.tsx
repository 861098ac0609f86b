import { useLocation } from 'preact-iso';

import type { EventsPage } from '../../src/explorer/api.js';
import { plainText } from '../../src/output/plainText.js';
import { Id } from '../parts/text.js';
import { View } from '../parts/View.js';
import { toQuery, useView } from '../useView.js';
import { EventDetails } from './EventDetails.js';
import { Moment } from './Moment.js';
import { StatePanel } from './StatePanel.js';
import { Timeline } from './Timeline.js';

const PAGE = 100;
/** So many events before the one that a link names are on its page. */
const LEAD = 20;

const numberIn = (text: string | undefined): number | undefined => {
  const value = Number(text);
  return /^[1-9]\d*$/.test(text ?? '') && Number.isSafeInteger(value) ? value : undefined;
};

export const Aggregate = () => {
  const { store = '', aggregate = '' } = useLocation().query;
  if (store === '' || aggregate === '') {
    return (
      <>
        <h1 tabIndex={-1}>Which aggregate?</h1>
        <p>
          The address names no {store === '' ? 'event store' : 'aggregate'}. Choose among the{' '}
          <a href={`/${toQuery({ store })}`}>event stores</a>.
        </p>
      </>
    );
  }
  // Nothing of another aggregate stays under this one's name while it loads.
  return <History key={JSON.stringify([store, aggregate])} store={store} aggregate={aggregate} />;
};

interface Destination {
  readonly version?: number;
  readonly from?: number | undefined;
  readonly at?: string;
}

interface Identity {
  readonly store: string;
  readonly aggregate: string;
}

const linkTo = (identity: Identity, to: Destination): string => `/aggregate${toQuery({ ...identity, ...to })}`;

/** An aggregate at a version or at a time: its events, the event of then, and the state then. */
const History = ({ store, aggregate }: Identity) => {
  const { query } = useLocation();
  const version = numberIn(query['version']);
  const at = version === undefined ? query['at'] || undefined : undefined;
  const from = numberIn(query['from']) ?? (version === undefined ? undefined : Math.max(1, version - LEAD));
  const view = useView<EventsPage>('events', { store, aggregate, at, from: at === undefined ? from : undefined });
  return (
    <>
      <h1 tabIndex={-1}>
        <Id>{aggregate}</Id>
      </h1>
      <p>
        of <a href={`/${toQuery({ store })}`}>{<Id>{store}</Id>}</a>
      </p>
      <View view={view}>
        {page =>
          page.lastVersion === 0 ? (
            <p>There is no such aggregate: ids are exact, upper and lower case included.</p>
          ) : (
            <>
              {version === undefined && query['version'] !== undefined && (
                <p role="status">
                  The address names version {plainText(query['version'])}, which is none. This is version{' '}
                  {versionOf(page)}.
                </p>
              )}
              {at !== undefined && <When at={at} version={page.versionAt ?? 0} />}
              <Events
                identity={{ store, aggregate }}
                page={page}
                first={(at === undefined ? from : undefined) ?? page.events[0]?.version ?? 1}
                shown={version ?? versionOf(page)}
              />
            </>
          )
        }
      </View>
    </>
  );
};

/** The one at the time that was asked for, or the last. Before an aggregate began, its first event is the nearest. */
const versionOf = ({ versionAt, lastVersion }: EventsPage): number =>
  versionAt === undefined ? lastVersion : Math.max(1, versionAt);

interface EventsProps {
  readonly identity: Identity;
  readonly page: EventsPage;
  readonly first: number;
  readonly shown: number;
}

const Events = ({ identity, page, first, shown }: EventsProps) => {
  const { route } = useLocation();
  const isOnPage = (each: number): boolean => page.events.some(event => event.version === each);
  const goTo = (to: number): void =>
    route(linkTo(identity, { version: to, from: isOnPage(to) ? first : undefined }), true);
  const event = page.events.find(each => each.version === shown);
  return (
    <div class="aggregate">
      <section aria-labelledby="events" class="events">
        <h2 id="events">
          Events <span class="quiet">{rangeOf(page)}</span>
        </h2>
        <Timeline events={page.events} shown={shown} linkTo={to => linkTo(identity, { version: to, from: first })} />
        <nav aria-label="Events" class="pages">
          {first > 1 && <a href={linkTo(identity, { from: Math.max(1, first - PAGE) })}>Earlier</a>}
          {page.hasMore && <a href={linkTo(identity, { from: (page.events.at(-1)?.version ?? 0) + 1 })}>Later</a>}
          {page.hasMore && <a href={linkTo(identity, {})}>Latest</a>}
        </nav>
      </section>
      <div class="moment">
        <Moment
          events={page.events}
          lastVersion={page.lastVersion}
          version={shown}
          goTo={goTo}
          goToTime={time => route(linkTo(identity, { at: time }))}
        />
        <StatePanel {...identity} version={shown} />
        {event && <EventDetails key={event.version} {...identity} event={event} />}
      </div>
    </div>
  );
};

const When = ({ at, version }: { at: string; version: number }) => (
  <p role="status">
    {version === 0 ? `At ${plainText(at)} it had not begun.` : `At ${plainText(at)} it had version ${version}.`}
  </p>
);

const rangeOf = ({ events, lastVersion }: EventsPage): string =>
  events.length === 0
    ? `none here; the last is ${lastVersion}`
    : `${events[0]?.version}–${events.at(-1)?.version} of ${lastVersion}`;
