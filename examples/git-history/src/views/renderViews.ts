import { renderTable } from '../renderTable.js';
import type { ExpectedViews } from './expectedViews.js';
import { ALL_AUTHORS, authorKey, TOP_FOLDER } from './fileViews.js';

/** How many of each are shown. */
const SHOWN = 5;

/** The authors of the most lines and the folders of the most files, as tables of text; what is shown was verified before. */
export const renderViews = ({ authors, folders }: ExpectedViews): string => {
  const ofAuthors = largest(authors, ({ linesAdded }) => linesAdded, ALL_AUTHORS);
  const ofFolders = largest(folders, ({ files }) => files, TOP_FOLDER);
  const lines = renderTable(
    ['author', 'changes', 'lines added', 'removed'],
    ofAuthors.map(([key, { changes, linesAdded, linesRemoved }]) => [
      key.slice(authorKey('').length),
      changes,
      linesAdded,
      linesRemoved,
    ]),
  );
  const files = renderTable(
    ['folder', 'changes', 'files', 'lines'],
    ofFolders.map(([folder, { changes, files: count, lines: lineCount }]) => [folder, changes, count, lineCount]),
  );
  return `${lines}\n${files}\n`;
};

const largest = <VIEW>(
  views: ReadonlyMap<string, VIEW>,
  size: (view: VIEW) => number,
  total: string,
): [string, VIEW][] =>
  [...views]
    .filter(([key]) => key !== total)
    .toSorted(([, left], [, right]) => size(right) - size(left))
    .slice(0, SHOWN);
