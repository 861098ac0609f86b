/** The elements in arrays of `size` at most. */
export const inParts = <ELEMENT>(elements: readonly ELEMENT[], size: number): ELEMENT[][] => {
  const parts: ELEMENT[][] = [];
  for (let start = 0; start < elements.length; start += size) parts.push(elements.slice(start, start + size));
  return parts;
};

/**
 * `Promise.all` of a mapped array, `limit` at a time. If one fails, no further ones are begun, and those that are under way
 * end before the first error is thrown: so whoever counts what was done, or leaves, is not wrong about it.
 */
export const mapConcurrently = async <ELEMENT, RESULT>(
  elements: readonly ELEMENT[],
  limit: number,
  map: (element: ELEMENT, index: number) => Promise<RESULT>,
): Promise<RESULT[]> => {
  const results: RESULT[] = [];
  const errors: unknown[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (errors.length === 0 && next < elements.length) {
      const index = next++;
      try {
        results[index] = await map(elements[index] as ELEMENT, index);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, elements.length) }, work));
  if (errors.length > 0) throw errors[0];
  return results;
};

/** Runs work as it is given, `limit` of it at a time; what is beyond waits for its turn, in order. */
export const limitConcurrency = (limit: number): (<RESULT>(work: () => Promise<RESULT>) => Promise<RESULT>) => {
  const waiting: (() => void)[] = [];
  let free = limit;
  return async work => {
    if (free > 0) free--;
    else await new Promise<void>(resolve => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // A place goes straight to the next, so that nobody who comes meanwhile takes it.
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
};
