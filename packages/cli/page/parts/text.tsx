import { plainJson, plainText } from '../../src/output/plainText.js';

/*
 * Ids, types and payloads are written by others. They only ever become text nodes, and characters that are invisible or turn the
 * direction of a line show as escapes.
 */

export const Id = ({ children }: { children: string }) => <span class="id">{plainText(children)}</span>;

/** A value in exact JSON, over several lines. */
export const Json = ({ value, label }: { value: unknown; label: string }) => (
  <pre class="json" tabIndex={0} role="region" aria-label={label}>
    {value === undefined ? 'nothing' : linesOf(value)}
  </pre>
);

/** Line ends are those of the layout: within strings JSON has escapes. */
const linesOf = (value: unknown): string => JSON.stringify(value, undefined, 2).split('\n').map(plainJson).join('\n');

/** The same in one line, cut. */
export const jsonLine = (value: unknown, length = 120): string => {
  const line = plainJson(JSON.stringify(value) ?? '');
  return line.length > length ? `${line.slice(0, length)}…` : line;
};

const HUES = 10;

/** The same type has the same colour everywhere; the name says what the colour only repeats. */
const hueOf = (type: string): number => {
  let hash = 7;
  for (const character of type) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003;
  return hash % HUES;
};

export const EventTypeName = ({ type }: { type: string }) => (
  <span class={`type hue-${hueOf(type)}`}>{plainText(type)}</span>
);

export const Time = ({ timestamp }: { timestamp: string }) => {
  const [date, time = ''] = plainText(timestamp).split('T');
  return (
    <time class="time" dateTime={timestamp}>
      {date} {time}
    </time>
  );
};

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** `3 d`, `12 min`, `250 ms` */
export const duration = (milliseconds: number): string => {
  const [unit, size] = UNITS.find(([, each]) => milliseconds >= each) ?? ['ms', 1];
  const value = milliseconds / size;
  return `${value < 10 && unit !== 'ms' ? Number(value.toFixed(1)) : Math.round(value)} ${unit}`;
};

export const bytes = (size: number): string =>
  size < 1024 ? `${size} bytes` : `${Number((size / 1024).toFixed(1))} KB`;
