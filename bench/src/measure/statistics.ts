export interface Spread {
  median: number;
  lowerQuartile: number;
  upperQuartile: number;
}

/** The value at a place between the smallest (0) and the largest (1); interpolated if the place is between two values. */
const quantile = (sorted: readonly number[], place: number): number => {
  const position = (sorted.length - 1) * place;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
};

export const spreadOf = (values: readonly number[]): Spread => {
  const sorted = values.toSorted((left, right) => left - right);
  return {
    median: quantile(sorted, 0.5),
    lowerQuartile: quantile(sorted, 0.25),
    upperQuartile: quantile(sorted, 0.75),
  };
};

/** Each value in proportion to the one of the same round: what disturbs the machine then disturbs both. */
export const ratiosOf = (values: readonly number[], baseline: readonly number[]): Spread =>
  spreadOf(values.map((value, round) => value / (baseline[round] ?? Number.NaN)));
