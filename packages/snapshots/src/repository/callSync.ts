/**
 * What a user's callback returns. It must not be a promise: nothing would wait for it, it would count as true, and its
 * rejection would end the process.
 */
export const callSync = <RESULT>(name: string, call: () => RESULT): RESULT => {
  const result = call();
  if (typeof (result as { then?: unknown } | null | undefined)?.then !== 'function') return result;
  Promise.resolve(result).catch(() => {});
  throw new TypeError(`${name} returned a promise; it must be synchronous.`);
};
