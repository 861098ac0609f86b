/** Where a value is within an event: attribute, member and element names from the outside in. */
export type ValuePath = readonly (string | number)[];

/** Throws the caller's error for the value at `path`, which cannot be stored or read exactly. */
export type Refuse = (path: string, reason: string) => never;

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** `payload.items[2]["unit price"]` */
export const formatPath = (path: ValuePath): string =>
  path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!IDENTIFIER.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');

/** Assigning to `__proto__` would set the prototype; as a member it is data like any other. */
export const setMember = <VALUE>(target: Record<string, VALUE>, key: string, value: VALUE): void => {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, configurable: true, enumerable: true, writable: true });
  } else {
    target[key] = value;
  }
};
