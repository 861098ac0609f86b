/**
 * What a callback of the user's returns, which must not be a promise: nobody waits for one, it would count as true, and
 * its rejection would end the process.
 */
export const callSync = <RESULT>(name: string, call: () => RESULT): RESULT => {
  const result = call();
  if (typeof (result as { then?: unknown } | null | undefined)?.then !== 'function') return result;
  Promise.resolve(result).catch(() => {});
  throw new TypeError(`${name} returned a promise; it has to return its result.`);
};
