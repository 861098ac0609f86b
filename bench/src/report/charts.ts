import type { ContenderName } from '../contenders/contender.js';
import type { ComparisonResult } from '../measure/comparison.js';
import { spreadOf } from '../measure/statistics.js';
import { chartOf, type Series } from './chart.js';
import { formatValue, LABELS } from './format.js';

const COLORS: Partial<Record<ContenderName, string>> = {
  castore: '#c0392b',
  ours: '#2471a3',
  oursStreaming: '#148f77',
  jsonParse: '#888888',
};

/** Every contender's median over the number of events. */
const seriesOf = (results: readonly ComparisonResult[]): Series[] => {
  const series = new Map<ContenderName, Series & { points: { x: number; y: number }[] }>();
  for (const { comparison, results: contenders } of results) {
    for (const { contender, measurements } of contenders) {
      const own = series.get(contender) ?? {
        label: LABELS[contender],
        color: COLORS[contender] ?? 'black',
        points: [],
      };
      const y = spreadOf(measurements.map(each => each[comparison.metric])).median;
      own.points.push({ x: comparison.task.events, y });
      series.set(contender, own);
    }
  }
  return [...series.values()];
};

export const timeChart = (results: readonly ComparisonResult[]): string =>
  chartOf({
    title: 'CPU time of getEvents, events of 300 B, without a network',
    xLabel: 'events',
    series: seriesOf(results),
    formatY: value => formatValue('cpuMicroseconds', value),
  });

export const memoryChart = (results: readonly ComparisonResult[]): string =>
  chartOf({
    title: 'The most memory that a read takes, events of 300 B',
    xLabel: 'events',
    series: seriesOf(results),
    formatY: value => formatValue('peakMemoryBytes', value),
  });
