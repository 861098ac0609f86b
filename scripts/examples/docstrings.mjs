// The examples in the docstrings of a source, each a module of its own.
import { modulesOfMarkdown } from './markdown.mjs';

/** Every `@example` below a node. */
const examplesBelow = node => {
  const found = (node.jsDoc ?? [])
    .flatMap(({ tags }) => tags ?? [])
    .filter(({ tagName }) => tagName.text === 'example');
  node.forEachChild(child => void found.push(...examplesBelow(child)));
  return found;
};

/** The lines below the tag without what makes them a comment, and without the fences if there are any. */
const codeOf = (tag, text) => {
  const lines = text
    .slice(tag.tagName.end, tag.end)
    .replace(/\s*\*\/$/, '')
    .split('\n')
    .map((line, index) => (index === 0 ? '' : line.replace(/^\s*\* ?/, '')));
  const example = lines.join('\n');
  return example.includes('```')
    ? modulesOfMarkdown(example)
        .map(module => module.text)
        .join('\n')
    : example;
};

/** Each example's code, and its first line in the source, counted from 0: that of the tag, which holds no code. */
export const docstringExamples = sourceFile =>
  examplesBelow(sourceFile).map(tag => ({
    line: sourceFile.text.slice(0, tag.tagName.pos).split('\n').length - 1,
    code: codeOf(tag, sourceFile.text),
  }));
