import type { ComparisonResult } from '../measure/comparison.js';
import { ratiosOf, spreadOf } from '../measure/statistics.js';
import { formatSpread, formatValue, LABELS } from './format.js';

/** A contender in a comparison, as both the terminal and the file show it. */
export interface Row {
  section: string;
  title: string;
  contender: string;
  /** Median of what was measured. */
  value: string;
  /** In proportion to the first contender, with the quartiles. */
  ratio: string;
  goal: string;
  isMet: boolean | undefined;
}

export const rowsOf = (result: ComparisonResult): Row[] => viewsOf(result).flatMap(rowsOfView);

/** The result as it is; further metrics of the same runs; and the contender that is judged, beside another one. */
const viewsOf = ({ comparison, results }: ComparisonResult): ComparisonResult[] => {
  const { goal: _, further = [], beside, judged = 'ours', ...common } = comparison;
  const views = [comparison, ...further.map(each => ({ ...common, judged, ...each }))].map(each => ({
    comparison: each,
    results,
  }));
  if (beside === undefined) return views;
  const { section, contender, goal } = beside;
  const pair = [contender, judged].flatMap(name => results.filter(each => each.contender === name));
  return [...views, { comparison: { ...common, judged, section, goal }, results: pair }];
};

const rowsOfView = ({ comparison, results }: ComparisonResult): Row[] => {
  const { section, title, metric, goal, judged = 'ours' } = comparison;
  const valuesOf = ({ measurements }: (typeof results)[number]): number[] => measurements.map(each => each[metric]);
  const baseline = results[0] === undefined ? [] : valuesOf(results[0]);

  return results.map((result, index) => {
    const values = valuesOf(result);
    const ratios = ratiosOf(values, baseline);
    const isJudged = goal !== undefined && result.contender === judged;
    return {
      section,
      title,
      contender: LABELS[result.contender],
      value: formatValue(metric, spreadOf(values).median),
      ratio: index === 0 ? '1' : formatSpread(ratios),
      goal: isJudged ? `≤ ${goal}` : '',
      isMet: isJudged ? ratios.median <= goal : undefined,
    };
  });
};
