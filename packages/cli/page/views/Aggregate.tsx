import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import type { EventsPage, ShownEvent } from '../../src/explorer/api.js';
import { Id } from '../parts/text.js';
import { View } from '../parts/View.js';
import { toQuery, useView } from '../useView.js';
import { EventDetails } from './EventDetails.js';
import { StatePanel } from './StatePanel.js';
import { Timeline } from './Timeline.js';

const PAGE = 100;
/** So many events before the one that a link names are on its page. */
const LEAD = 20;

const numberIn = (text: string | undefined): number | undefined => {
  const value = Number(text);
  return text !== undefined && Number.isSafeInteger(value) && value >= 1 ? value : undefined;
};

/** An aggregate at a version: its events, that event, and the state then. */
export const Aggregate = () => {
  const { query, route } = useLocation();
  const { store = '', aggregate = '' } = query;
  const version = numberIn(query['version']);
  const from = numberIn(query['from']) ?? (version === undefined ? undefined : Math.max(1, version - LEAD));
  const view = useView<EventsPage>('events', { store, aggregate, from });
  const linkTo = (to: { version?: number | undefined; from?: number | undefined }): string =>
    `/aggregate${toQuery({ store, aggregate, ...to })}`;

  return (
    <>
      <h1 tabIndex={-1}>
        <Id>{aggregate}</Id>
      </h1>
      <p>
        of <a href={`/${toQuery({ store })}`}>{<Id>{store}</Id>}</a>
      </p>
      <View view={view}>
        {page => {
          if (page.lastVersion === 0)
            return <p>There is no such aggregate: ids are exact, upper and lower case included.</p>;
          const shown = version ?? page.lastVersion;
          const first = from ?? page.events[0]?.version ?? 1;
          const isOnPage = (each: number): boolean => page.events.some(event => event.version === each);
          const goTo = (to: number): void =>
            route(linkTo({ version: to, from: isOnPage(to) ? first : undefined }), true);
          const event = page.events.find(each => each.version === shown);
          return (
            <div class="aggregate">
              <section aria-labelledby="events" class="events">
                <h2 id="events">
                  Events <span class="quiet">{rangeOf(page)}</span>
                </h2>
                <Timeline events={page.events} shown={shown} linkTo={to => linkTo({ version: to, from: first })} />
                <nav aria-label="Events" class="pages">
                  {first > 1 && <a href={linkTo({ from: Math.max(1, first - PAGE) })}>Earlier</a>}
                  {page.hasMore && <a href={linkTo({ from: (page.events.at(-1)?.version ?? 0) + 1 })}>Later</a>}
                  {page.hasMore && <a href={linkTo({})}>Latest</a>}
                </nav>
              </section>
              <div class="moment">
                <Moment events={page.events} lastVersion={page.lastVersion} version={shown} goTo={goTo} />
                <StatePanel key={`${store}#${aggregate}`} store={store} aggregate={aggregate} version={shown} />
                {event && <EventDetails key={event.version} store={store} aggregate={aggregate} event={event} />}
              </div>
            </div>
          );
        }}
      </View>
    </>
  );
};

const rangeOf = ({ events, lastVersion }: EventsPage): string =>
  events.length === 0
    ? `none here; the last is ${lastVersion}`
    : `${events[0]?.version}–${events.at(-1)?.version} of ${lastVersion}`;

interface MomentProps {
  readonly events: readonly ShownEvent[];
  readonly lastVersion: number;
  readonly version: number;
  readonly goTo: (version: number) => void;
}

/** Moves through versions, and through the times of the events that are shown. */
const Moment = ({ events, lastVersion, version, goTo }: MomentProps) => {
  const times = events.map(({ timestamp }) => Date.parse(timestamp)).filter(time => !Number.isNaN(time));
  const [start, end] = [Math.min(...times), Math.max(...times)];
  const current = Date.parse(events.find(event => event.version === version)?.timestamp ?? '');
  // By the order of versions, should clocks have run backwards.
  const versionAt = (time: number): number =>
    events.findLast(({ timestamp }) => Date.parse(timestamp) <= time)?.version ?? events[0]?.version ?? 1;
  return (
    <fieldset class="sliders">
      <legend>
        Version {version} of {lastVersion}
      </legend>
      <Slider name="Version" min={1} max={lastVersion} step={1} value={version} textOf={String} onRest={goTo} />
      {times.length > 1 && start < end && (
        <Slider
          name="Time"
          min={start}
          max={end}
          step={Math.max(1, Math.floor((end - start) / 1000))}
          value={Number.isNaN(current) ? start : current}
          textOf={time => new Date(time).toISOString()}
          onRest={time => goTo(versionAt(time))}
        />
      )}
    </fieldset>
  );
};

interface SliderProps {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
  readonly textOf: (value: number) => string;
  /** Each place that a slider rests at costs a read, those that it passes do not. */
  readonly onRest: (value: number) => void;
}

const REST_MS = 150;

const Slider = ({ name, min, max, step, value, textOf, onRest }: SliderProps) => {
  // The slider's own value, until the page shows that version. Several steps of the slider may lead to the same event.
  const [moved, setMoved] = useState<number>();
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setMoved(undefined), [value]);
  useEffect(() => () => clearTimeout(waiting.current), []);
  const shown = moved ?? value;
  return (
    <label>
      <span>
        {name} <output>{textOf(shown)}</output>
      </span>
      <input
        type="range"
        min={min}
        max={max}
        step={step}
        value={shown}
        aria-valuetext={textOf(shown)}
        onInput={event => {
          const to = event.currentTarget.valueAsNumber;
          setMoved(to);
          clearTimeout(waiting.current);
          waiting.current = setTimeout(() => onRest(to), REST_MS);
        }}
      />
    </label>
  );
};
