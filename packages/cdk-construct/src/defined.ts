/**
 * `options` without the members that are undefined, so that absent props stay absent:
 * under `exactOptionalPropertyTypes` the CDK's own props do not take an undefined.
 */
export const defined = <T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
