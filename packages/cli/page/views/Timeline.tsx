import type { ShownEvent } from '../../src/explorer/api.js';
import { duration, EventTypeName, jsonLine, Time } from '../parts/text.js';

interface TimelineProps {
  readonly events: readonly ShownEvent[];
  readonly shown: number;
  readonly linkTo: (version: number) => string;
}

/** The events in the order of their versions, with what lies between them. */
export const Timeline = ({ events, shown, linkTo }: TimelineProps) => (
  <ol class="timeline">
    {events.map((event, at) => (
      <li key={event.version} value={event.version}>
        <Between before={events[at - 1]} event={event} />
        <a href={linkTo(event.version)} aria-current={event.version === shown ? 'true' : undefined}>
          <span class="version">{event.version}</span> <EventTypeName type={event.type} />{' '}
          <Time timestamp={event.timestamp} />
          {event.problem && <span class="mark">cannot be read</span>}
          {event.redactions.length > 0 && <span class="mark">{event.redactions.at(-1)?.kind}</span>}
          <span class="payload">{jsonLine(event.payload, 90)}</span>
        </a>
      </li>
    ))}
  </ol>
);

const LONG = 3_600_000;

/** Versions that are missing, clocks that went back, and long silences. */
const Between = ({ before, event }: { before: ShownEvent | undefined; event: ShownEvent }) => {
  if (before === undefined) return null;
  const missing = event.version - before.version - 1;
  const passed = Date.parse(event.timestamp) - Date.parse(before.timestamp);
  return (
    <>
      {missing > 0 && (
        <p class="mark">
          gap: {missing === 1 ? `version ${before.version + 1} is` : `${missing} versions are`} missing
        </p>
      )}
      {passed < 0 && <p class="mark">clock: {duration(-passed)} earlier than the event before</p>}
      {passed >= LONG && <p class="silence">{duration(passed)} later</p>}
    </>
  );
};
