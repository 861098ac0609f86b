import type { ContenderName } from '../contenders/contender.js';
import type { Measurement } from '../worker/protocol.js';
import { WorkerProcess } from '../worker/workerProcess.js';
import type { Comparison, ComparisonResult } from './comparison.js';

/** The SDK is much code, which V8 compiles by and by. In short runs, that is most of what there is to do. */
const WARM_UP_MS = { short: 4_000, long: 1_500 };
const SHORT_RUN_MS = 2;
/** Long enough for the clock, short enough that a disturbance spoils one round only. */
const ROUND_MS = 50;
const MAX_ROUND_TIMES = 400;
const MIN_ROUNDS = 7;
const MAX_ROUNDS = 25;
const BUDGET_MS = 3_000;

/** These read no events that could be compared. */
const UNCHECKED: ReadonlySet<ContenderName> = new Set([
  'jsonParse',
  'httpJsonParse',
  'documentClient',
  'unmarshall',
  'oursStreaming',
]);

/** Contenders in turn, in another order each round: what disturbs the machine for a while disturbs all of them. */
const inTurns = <MEMBER>(members: readonly MEMBER[], round: number): MEMBER[] =>
  members.map((_, index) => members[(index + round) % members.length] as MEMBER);

/** @param bundle the worker's program */
export const compare = (bundle: string, comparison: Comparison): Promise<ComparisonResult> =>
  comparison.cold === undefined ? compareWarm(bundle, comparison) : compareCold(bundle, comparison, comparison.cold);

const compareWarm = async (bundle: string, comparison: Comparison): Promise<ComparisonResult> => {
  const workers: WorkerProcess[] = [];
  try {
    for (const contender of comparison.contenders) {
      workers.push(await WorkerProcess.start(bundle, { ...comparison.task, contender }));
    }
    await checkEqual(comparison, workers);
    const times = new Map<WorkerProcess, number>();
    for (const worker of workers) times.set(worker, await warmUp(worker));

    const measurements = new Map<WorkerProcess, Measurement[]>(workers.map(worker => [worker, []]));
    const end = performance.now() + (comparison.isOneOfMany === true ? BUDGET_MS / 2 : BUDGET_MS);
    for (let round = 0; round < MIN_ROUNDS || (round < MAX_ROUNDS && performance.now() < end); round++) {
      for (const worker of inTurns(workers, round)) {
        measurements.get(worker)?.push(await worker.run(times.get(worker) ?? 1));
      }
    }
    return {
      comparison,
      results: workers.map(worker => ({
        contender: worker.task.contender,
        measurements: measurements.get(worker) ?? [],
      })),
    };
  } finally {
    await Promise.all(workers.map(worker => worker.stop()));
  }
};

const compareCold = async (
  bundle: string,
  comparison: Comparison,
  { rounds }: { rounds: number },
): Promise<ComparisonResult> => {
  const results = comparison.contenders.map(contender => ({ contender, measurements: [] as Measurement[] }));
  for (let round = 0; round < rounds; round++) {
    for (const { contender, measurements } of inTurns(results, round)) {
      const worker = await WorkerProcess.start(bundle, { ...comparison.task, contender });
      measurements.push(await worker.run(1));
      await worker.stop();
    }
  }
  return { comparison, results };
};

/** A contender that is fast because it reads something else would be no contender. */
const checkEqual = async ({ title, task }: Comparison, workers: readonly WorkerProcess[]): Promise<void> => {
  if (task.operation === 'push' || task.operation === 'project') return;
  const checked = workers.filter(worker => !UNCHECKED.has(worker.task.contender));
  const digests = new Map<string, ContenderName>();
  for (const worker of checked) digests.set(await worker.check(), worker.task.contender);
  if (digests.size > 1) throw new Error(`${title}: ${[...digests.values()].join(' and ')} read different things.`);
};

/** Runs until the code is compiled; returns how often it runs in a round. */
const warmUp = async (worker: WorkerProcess): Promise<number> => {
  const start = performance.now();
  let { wallMilliseconds } = await worker.run(1);
  const timesInRound = (): number => Math.min(MAX_ROUND_TIMES, Math.max(1, Math.ceil(ROUND_MS / wallMilliseconds)));
  while (performance.now() - start < WARM_UP_MS[wallMilliseconds < SHORT_RUN_MS ? 'short' : 'long']) {
    ({ wallMilliseconds } = await worker.run(timesInRound()));
  }
  return timesInRound();
};
