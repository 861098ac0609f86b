import { bundleProgram, type ProgramName, runProgram } from '../programs/program.js';
import { formatSpread, formatValue } from '../report/format.js';
import type { Row } from '../report/rows.js';
import type { Source } from '../worker/protocol.js';
import { aggregateIdOf, count, type Sources } from './comparisons.js';
import { ratiosOf, spreadOf } from './statistics.js';

/** In the order of the table: Castore's adapter, to which the others are compared; ours, which is judged; the SDK alone. */
type Contenders = readonly [castore: Contender, ours: Contender, sdk: Contender];

type Contender = readonly [program: ProgramName, title: string];

const READY: Contenders = [
  ['readyCastore', "Castore's adapter"],
  ['readyOurs', 'ours'],
  ['readySdk', '(the SDK alone)'],
];

const FIRST_READ: Contenders = [
  ['firstReadCastore', "Castore's adapter"],
  ['firstReadOurs', 'ours'],
  ['firstReadSdk', "(the SDK's Query alone)"],
];

/** At most, in proportion to Castore's adapter. */
const READ_GOALS: [events: number, goal: number][] = [
  [1, 1],
  [1_000, 0.5],
];

interface Comparison {
  title: string;
  contenders: Contenders;
  metric: 'wallMilliseconds' | 'cpuMicroseconds';
  rounds: number;
  goal: number;
  args?: string[];
}

/** From the start of a process until it has an adapter, the SDK included: bundled and minified as for Lambda. */
export const measureColdStarts = (benchFolder: string): Promise<Row[]> =>
  compare(benchFolder, {
    title: 'until a fresh process has an adapter, with the SDK in its bundle',
    contenders: READY,
    metric: 'wallMilliseconds',
    rounds: 15,
    goal: 1,
  });

/** The first read of a fresh process over HTTP: bundled and minified as for Lambda. */
export const measureFirstReads = async (benchFolder: string, { http }: Sources): Promise<Row[]> => {
  const rows: Row[] = [];
  for (const [events, goal] of READ_GOALS) {
    const source = http(events, 'ascii') as Extract<Source, { endpoint: string }>;
    rows.push(
      ...(await compare(benchFolder, {
        title: `the first getEvents of a process over HTTP, short ASCII: ${count(events)}, CPU`,
        contenders: FIRST_READ,
        metric: 'cpuMicroseconds',
        rounds: 9,
        goal,
        args: [source.endpoint, source.tableName, aggregateIdOf(events, 'ascii')],
      })),
    );
  }
  return rows;
};

/** Runs each contender in turns, in a fresh process each time. */
const compare = async (
  benchFolder: string,
  { title, contenders, metric, rounds, goal, args = [] }: Comparison,
): Promise<Row[]> => {
  const files = await Promise.all(contenders.map(([program]) => bundleProgram(benchFolder, program)));
  const measured: number[][] = contenders.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, file] of files.entries()) {
      measured[index]?.push((await runProgram<Record<Comparison['metric'], number>>(file, ...args))[metric]);
    }
  }
  const [baseline = []] = measured;
  return contenders.map(([, contender], index) => {
    const values = measured[index] ?? [];
    const ratios = ratiosOf(values, baseline);
    const isJudged = index === 1;
    return {
      section: 'In a bundle',
      title,
      contender,
      value: formatValue(metric, spreadOf(values).median),
      ratio: index === 0 ? '1' : formatSpread(ratios),
      goal: isJudged ? `≤ ${goal}` : '',
      isMet: isJudged ? ratios.median <= goal : undefined,
    };
  });
};
