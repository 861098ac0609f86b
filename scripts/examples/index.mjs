// The best example of every public name, among all that there are.
import { exportsOf } from './imports.mjs';
import { Uses } from './uses.mjs';

/** Every name that the entries export, once for each of them. */
export const publicNamesOf = (project, entries) => {
  const uses = new Uses(project.checker);
  return entries.flatMap(({ file, name: from }) =>
    [...exportsOf(project, file, from)].map(([name, { symbol }]) => ({ name, from, symbol: uses.resolve(symbol) })),
  );
};

/** How good an example a block is: a use that says the name, then one that somebody has written, then the shortest. */
const worthOf = (rank, { isGenerated }, { code }) => [rank, isGenerated ? 1 : 0, code.length];

const isLess = (a, b) => {
  const index = a.findIndex((value, position) => value !== b[position]);
  return index !== -1 && a[index] < b[index];
};

/** The block of a module that holds a place of it. */
const blockAt = ({ blocks }, text, position) => {
  const line = text.slice(0, position).split('\n').length - 1;
  return blocks.find(({ from, to }) => from <= line && line < to);
};

/**
 * @param project what `openExamples` returns
 * @returns by the id of a symbol: the block, and the module that it is of
 */
export const indexExamples = ({ modules, program, checker }) => {
  const uses = new Uses(checker);
  const best = new Map();
  for (const module of modules) {
    const sourceFile = program.getSourceFile(module.file);
    const { text } = sourceFile;
    for (const { symbol, node, rank } of uses.in(sourceFile)) {
      const block = blockAt(module, text, node.end - 1);
      if (block === undefined) continue;
      const worth = worthOf(rank, module, block);
      const known = best.get(symbol.id);
      if (known === undefined || isLess(worth, known.worth)) best.set(symbol.id, { ...block, worth, module });
    }
  }
  return best;
};
