import type { ContenderName } from '../contenders/contender.js';
import type { Comparison } from '../measure/comparison.js';
import type { Spread } from '../measure/statistics.js';

export const LABELS: Record<ContenderName, string> = {
  castore: "Castore's adapter",
  ours: 'ours',
  oursStreaming: 'ours, streamEvents',
  oursWithSnapshots: 'ours, with snapshots',
  oursSnapshotEachPush: 'ours, with a snapshot at each push',
  oursCached: 'ours, from memory',
  projection: 'projection',
  dynamoDbProjection: 'dynamoDbProjection',
  poller: 'StreamPoller',
  jsonParse: '(JSON.parse alone)',
  httpJsonParse: '(HTTP and JSON.parse)',
  documentClient: "the SDK's document client",
  unmarshall: "the SDK's Query and unmarshall",
  emptyPut: '(PutItem of nothing)',
  plainPut: '(PutItem of the same item)',
  equinox: 'Equinox',
  equinoxFromTip: 'Equinox, from its tip',
  eventStoreAdapterJs: 'event-store-adapter-js',
};

/** Three significant digits, without an exponent. */
const short = (value: number): string =>
  value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));

const formatTime = (microseconds: number): string => {
  if (microseconds >= 1e6) return `${short(microseconds / 1e6)} s`;
  return microseconds >= 1e3 ? `${short(microseconds / 1e3)} ms` : `${short(microseconds)} µs`;
};

/** A measured value with its unit. */
export const formatValue = (metric: Comparison['metric'], value: number): string => {
  if (metric === 'peakMemoryBytes') return `${short(value / 2 ** 20)} MB`;
  if (metric === 'eventsPerSecond') return `${Math.round(value).toLocaleString('en')} a second`;
  if (metric === 'requests' || metric === 'capacityUnits') return short(value);
  return formatTime(metric === 'cpuMicroseconds' ? value : value * 1000);
};

const formatRatio = (ratio: number): string => (ratio < 0.095 ? ratio.toFixed(3) : ratio.toFixed(2));

/** `0.12 (0.11–0.14)`: the median and the quartiles. */
export const formatSpread = ({ median, lowerQuartile, upperQuartile }: Spread): string =>
  `${formatRatio(median)} (${formatRatio(lowerQuartile)}–${formatRatio(upperQuartile)})`;
