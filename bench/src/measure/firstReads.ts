import { bundleProgram, type ProgramName, runProgram } from '../programs/program.js';
import { formatSpread, formatValue } from '../report/format.js';
import type { Row } from '../report/rows.js';
import type { Source } from '../worker/protocol.js';
import { aggregateIdOf, count, type Sources } from './comparisons.js';
import { ratiosOf, spreadOf } from './statistics.js';

const ROUNDS = 9;

const CONTENDERS = {
  firstReadCastore: "Castore's adapter",
  firstReadOurs: 'ours',
  firstReadSdk: "(the SDK's Query alone)",
} as const satisfies Partial<Record<ProgramName, string>>;

type Contender = keyof typeof CONTENDERS;

const NAMES = Object.keys(CONTENDERS) as Contender[];

/** At most, in proportion to Castore's adapter. */
const GOALS: [events: number, goal: number][] = [
  [1, 1],
  [1_000, 0.5],
];

/** The first read of a fresh process over HTTP: bundled and minified as for Lambda. */
export const measureFirstReads = async (benchFolder: string, { http }: Sources): Promise<Row[]> => {
  const files = new Map<Contender, string>();
  for (const name of NAMES) files.set(name, await bundleProgram(benchFolder, name));
  const rows: Row[] = [];
  for (const [events, goal] of GOALS) {
    const source = http(events, 'ascii') as Extract<Source, { endpoint: string }>;
    const args = [source.endpoint, source.tableName, aggregateIdOf(events, 'ascii')];
    const measured = new Map<Contender, number[]>(NAMES.map(name => [name, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const name of NAMES) {
        const { cpuMicroseconds } = await runProgram<{ cpuMicroseconds: number }>(files.get(name) ?? '', ...args);
        measured.get(name)?.push(cpuMicroseconds);
      }
    }
    rows.push(
      ...rowsOf(`the first getEvents of a process over HTTP, short ASCII: ${count(events)}, CPU`, goal, measured),
    );
  }
  return rows;
};

const rowsOf = (title: string, goal: number, measured: ReadonlyMap<Contender, readonly number[]>): Row[] => {
  const baseline = measured.get('firstReadCastore') ?? [];
  return NAMES.map((name, index) => {
    const values = measured.get(name) ?? [];
    const ratios = ratiosOf(values, baseline);
    const isJudged = name === 'firstReadOurs';
    return {
      section: 'In a bundle',
      title,
      contender: CONTENDERS[name],
      value: formatValue('cpuMicroseconds', spreadOf(values).median),
      ratio: index === 0 ? '1' : formatSpread(ratios),
      goal: isJudged ? `≤ ${goal}` : '',
      isMet: isJudged ? ratios.median <= goal : undefined,
    };
  });
};
