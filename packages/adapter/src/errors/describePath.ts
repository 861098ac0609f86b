/** Of a longer path, whose keys are data that somebody took for keys, a message shows the beginning. */
const MAX_LENGTH = 200;

export const describePath = (path: string): string =>
  path.length > MAX_LENGTH ? `${path.slice(0, MAX_LENGTH)}…` : path;
