import { useEffect, useRef, useState } from 'preact/hooks';

import type { ShownEvent } from '../../src/explorer/api.js';
import { textIn } from '../useView.js';

/** Of the slider of times, from the first event that is shown to the last one. */
const PLACES = 1000;

interface MomentProps {
  readonly events: readonly ShownEvent[];
  readonly lastVersion: number;
  readonly version: number;
  readonly goTo: (version: number) => void;
  readonly goToTime: (time: string) => void;
}

/** Moves through versions, through the times of the events that are shown, and to any other time. */
export const Moment = ({ events, lastVersion, version, goTo, goToTime }: MomentProps) => {
  const times = events.map(({ timestamp }) => Date.parse(timestamp)).filter(time => !Number.isNaN(time));
  const [start, end] = [Math.min(...times), Math.max(...times)];
  const current = Date.parse(events.find(event => event.version === version)?.timestamp ?? '');
  const place = Number.isNaN(current) ? 0 : Math.round(((current - start) / (end - start)) * PLACES);
  const timeAt = (at: number): number =>
    at === place && !Number.isNaN(current) ? current : start + Math.round(((end - start) * at) / PLACES);
  // By the order of versions, should clocks have run backwards.
  const versionAt = (time: number): number =>
    events.findLast(({ timestamp }) => Date.parse(timestamp) <= time)?.version ?? events[0]?.version ?? 1;
  return (
    <fieldset class="sliders">
      <legend>
        Version {version} of {lastVersion}
      </legend>
      <Slider name="Version" min={1} max={lastVersion} value={version} textOf={String} onRest={goTo} />
      {times.length > 1 && start < end && (
        <Slider
          name="Time"
          min={0}
          max={PLACES}
          value={place}
          textOf={at => new Date(timeAt(at)).toISOString()}
          onRest={at => goTo(versionAt(timeAt(at)))}
        />
      )}
      <form
        onSubmit={event => {
          event.preventDefault();
          goToTime(textIn(event.currentTarget, 'at'));
        }}
      >
        <label>
          At another time (UTC) <input name="at" required placeholder="2026-11-28T10:00" />
        </label>{' '}
        <button type="submit">Go</button>
      </form>
    </fieldset>
  );
};

interface SliderProps {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly value: number;
  readonly textOf: (value: number) => string;
  /** Each place that a slider rests at costs a read, those that it passes do not. */
  readonly onRest: (value: number) => void;
}

const REST_MS = 150;

const Slider = ({ name, min, max, value, textOf, onRest }: SliderProps) => {
  // The slider's own value, until the page shows that version. Several steps of the slider may lead to the same event.
  const [moved, setMoved] = useState<number>();
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setMoved(undefined), [value]);
  useEffect(() => () => clearTimeout(waiting.current), []);
  const shown = moved ?? value;
  return (
    <label>
      <span>
        {name} <strong>{textOf(shown)}</strong>
      </span>
      <input
        type="range"
        min={min}
        max={max}
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
