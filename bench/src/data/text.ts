/** Text that differs from event to event, and is the same in every run. */
export const textOf = (seed: number, length: number): string =>
  (seed * 2_654_435_761)
    .toString(36)
    .repeat(Math.ceil(length / 6))
    .slice(0, length);
