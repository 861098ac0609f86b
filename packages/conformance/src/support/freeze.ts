/** Freezes an object and all that it holds. */
export const deepFreeze = <VALUE>(value: VALUE): VALUE => {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
};
