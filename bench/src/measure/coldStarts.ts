import { bundleProgram, type ProgramName, runProgram } from '../programs/program.js';
import { formatSpread, formatValue } from '../report/format.js';
import type { Row } from '../report/rows.js';
import { ratiosOf, spreadOf } from './statistics.js';

const ROUNDS = 15;

const CONTENDERS = {
  readyCastore: "Castore's adapter",
  readyOurs: 'ours',
  readySdk: '(the SDK alone)',
} as const satisfies Partial<Record<ProgramName, string>>;

type Contender = keyof typeof CONTENDERS;

/** From the start of a process until it has an adapter, the SDK included: bundled and minified as for Lambda. */
export const measureColdStarts = async (benchFolder: string): Promise<Row[]> => {
  const names = Object.keys(CONTENDERS) as Contender[];
  const measured = new Map<Contender, number[]>(names.map(name => [name, []]));
  const files = new Map<Contender, string>();
  for (const name of names) files.set(name, await bundleProgram(benchFolder, name));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) {
      const { wallMilliseconds } = await runProgram<{ wallMilliseconds: number }>(files.get(name) ?? '');
      measured.get(name)?.push(wallMilliseconds);
    }
  }
  const baseline = measured.get('readyCastore') ?? [];
  return names.map((name, index) => {
    const values = measured.get(name) ?? [];
    const ratios = ratiosOf(values, baseline);
    const isJudged = name === 'readyOurs';
    return {
      section: 'In a bundle',
      title: 'until a fresh process has an adapter, with the SDK in its bundle',
      contender: CONTENDERS[name],
      value: formatValue('wallMilliseconds', spreadOf(values).median),
      ratio: index === 0 ? '1' : formatSpread(ratios),
      goal: isJudged ? '≤ 1' : '',
      isMet: isJudged ? ratios.median <= 1 : undefined,
    };
  });
};
