import type { Row } from './rows.js';

const verdictOf = ({ goal, isMet }: Row): string =>
  isMet === undefined ? '' : `${goal}, ${isMet ? 'met' : '**missed**'}`;

const tableOf = (rows: readonly Row[]): string => {
  const lines = rows.map((row, index) => {
    const what = rows[index - 1]?.title === row.title ? '' : row.title;
    return `| ${what} | ${row.contender} | ${row.value} | ${row.ratio} | ${verdictOf(row)} |`;
  });
  return [
    '| what | contender | median | ratio (quartiles) | goal |',
    '| --- | --- | ---: | ---: | --- |',
    ...lines,
  ].join('\n');
};

export interface ReportParts {
  rows: readonly Row[];
  /** What ran, and on what: name and version. */
  setting: readonly (readonly [name: string, version: string])[];
  seconds: number;
}

/** `bench/RESULTS.md`. */
export const markdownOf = ({ rows, setting, seconds }: ReportParts): string => {
  const sections = [...new Set(rows.map(({ section }) => section))].map(
    section => `## ${section}\n\n${tableOf(rows.filter(row => row.section === section))}`,
  );
  return `# Results of the benchmark

Written by \`npm run bench\`, in ${Math.round(seconds)} seconds. What is compared and how, and why goals are missed:
[README](README.md). Ratios are to Castore's own adapter in the same rounds; smaller is better.

| | |
| --- | --- |
${setting.map(([name, version]) => `| ${name} | ${version} |`).join('\n')}

${sections.join('\n\n')}

## Over the number of events

![CPU time of a read over its number of events](time.svg)

![Memory of a read over its number of events](memory.svg)
`;
};
