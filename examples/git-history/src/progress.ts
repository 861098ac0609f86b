import cliProgress, { type TimeFormatter } from 'cli-progress';

import { formatNumber } from './render.js';

/** How often a line is printed if the output is no terminal, in milliseconds. */
const LINE_INTERVAL = 5_000;

/** From how many of the last updates the time left is estimated: some seconds' worth. */
const UPDATES_OF_ESTIMATE = 2_000;

export interface Progress {
  update: (done: number, events: number) => void;
  /** Events a second from the start to now. */
  rate: () => number;
  stop: () => void;
}

/** Shows how far a step is, with its rate and the time left: a bar in a terminal, plain lines elsewhere. */
export const startProgress = (output: NodeJS.WritableStream, step: string, unit: string, total: number): Progress => {
  const isTerminal = 'isTTY' in output && output.isTTY === true;
  const bar = new cliProgress.SingleBar({
    stream: output,
    format: `${step} ${isTerminal ? '{bar} ' : ''}{value} of {total} ${unit}, {rate} events/s{eta_formatted}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 20,
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: LINE_INTERVAL,
    clearOnComplete: !isTerminal,
    etaBuffer: UPDATES_OF_ESTIMATE,
    formatTime: timeLeft,
    formatValue: (value, _options, type) =>
      type === 'value' || type === 'total' ? formatNumber(value) : String(value),
  });
  const start = performance.now();
  let eventCount = 0;
  const rate = () => Math.round(eventCount / ((performance.now() - start) / 1000));
  bar.start(total, 0, { rate: 0 });

  return {
    update: (done, events) => {
      eventCount = events;
      bar.update(done, { rate: formatNumber(rate()) });
    },
    rate,
    stop: () => bar.stop(),
  };
};

const timeLeft: TimeFormatter = (seconds, options) => {
  // Before there is anything to estimate from, it is no number.
  if (!Number.isFinite(seconds) || seconds === 0) return '';
  return `, ${cliProgress.Format.TimeFormat(seconds, options, 1)} left`;
};
