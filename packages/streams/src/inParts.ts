/** The elements in arrays of `size` at most. */
export const inParts = <ELEMENT>(elements: readonly ELEMENT[], size: number): ELEMENT[][] => {
  const parts: ELEMENT[][] = [];
  for (let start = 0; start < elements.length; start += size) parts.push(elements.slice(start, start + size));
  return parts;
};
