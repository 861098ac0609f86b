// The TypeScript of a Markdown file as modules; CONTRIBUTING.md has the conventions.
import { fromMarkdown } from 'mdast-util-from-markdown';

const DIRECTIVES = ['separate', 'setup'];

const isTypeScript = ({ type, lang }) => type === 'code' && /^(ts|typescript)$/i.test(lang ?? '');

const directiveOf = ({ type, value, position }, source) => {
  const directive = type === 'html' ? /^<!--\s*example:\s*(\S*)/.exec(value)?.[1] : undefined;
  if (directive === undefined || DIRECTIVES.includes(directive)) return directive;
  throw new Error(`${source}:${position.start.line}: "example: ${directive}" is none of ${DIRECTIVES.join(', ')}`);
};

const flatten = node => [node, ...(node.children ?? []).flatMap(flatten)];

/**
 * Each module is the Markdown with everything but its code blanked out, so that the compiler's lines are those of the source.
 *
 * @returns each module's text, and its blocks: their code, and their lines, counted from 0
 */
export const modulesOfMarkdown = (markdown, source) => {
  const lines = markdown.split('\n');
  const modules = [];
  for (const node of flatten(fromMarkdown(markdown))) {
    const directive = directiveOf(node, source);
    if (directive === undefined && !isTypeScript(node)) continue;
    if (modules.length === 0 || directive === 'separate') modules.push({ lines: lines.map(() => ''), blocks: [] });

    // What lies between the fences, or between `<!-- example: …` and `-->`.
    const module = modules.at(-1);
    const { start, end } = node.position;
    for (let index = start.line; index < end.line - 1; index++) module.lines[index] = lines[index];
    if (directive === undefined) module.blocks.push({ code: node.value, from: start.line, to: end.line - 1 });
  }
  return modules.map(module => ({ text: module.lines.join('\n'), blocks: module.blocks }));
};
