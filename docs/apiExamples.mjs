// A plugin of TypeDoc: gives every public name an example. One that has an `@example` keeps it, with the imports that it needs;
// the others get the best of all that READMEs, pages and other docstrings have.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { Comment, CommentTag, Converter, ReflectionKind } from 'typedoc';

import { indexExamples } from '../scripts/examples/index.mjs';
import { openExamples } from '../scripts/examples/project.mjs';
import { ROOT } from '../scripts/workspace.mjs';

const REPOSITORY = 'https://github.com/OWNER/castore-dynamodb/blob/main';

/** Where a block stands, if it is a page. */
const originOf = source => {
  if (!source.endsWith('.md')) return '';
  const title = /^# (.*)$/m.exec(readFileSync(join(ROOT, source), 'utf8'))?.[1] ?? source;
  const page = /^docs\/(.*?)(?:index)?\.md$/.exec(source)?.[1];
  return `\n\nFrom [${title}](${page === undefined ? `${REPOSITORY}/${source}` : `/${page}`}).`;
};

const contentOf = ({ code, module: { imports = [], source } }) => [
  { kind: 'code', text: `\`\`\`ts\n${[...imports, ...(imports.length > 0 ? [''] : []), code].join('\n')}\n\`\`\`` },
  { kind: 'text', text: originOf(source) },
];

const withExample = (comment, block) => {
  comment.blockTags.push(new CommentTag('@example', contentOf(block)));
  return comment;
};

/** An example of the docstring itself, as it stands there, is shown with its imports. */
const addImports = (tag, modules) => {
  const code = Comment.combineDisplayParts(tag.content)
    .replaceAll(/^```.*$/gm, '')
    .trim();
  const module = modules.find(({ imports, blocks }) => imports !== undefined && blocks[0].code === code);
  if (module !== undefined) tag.content = contentOf({ code, module });
};

export const load = app => {
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    const examples = openExamples();
    const index = indexExamples(examples);
    for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
      const entry = examples.entries.find(({ file }) => relative(ROOT, file) === module.sources[0].fileName);
      module.name = entry.name;
      for (const reflection of module.children.filter(child => !child.isReference())) {
        // A function has the comment of its signature.
        const documented = reflection.signatures?.[0] ?? reflection;
        const tags = documented.comment?.getTags('@example') ?? [];
        for (const tag of tags) addImports(tag, examples.modules);
        if (tags.length > 0) continue;
        const { symbol } = examples.publicNames.find(
          ({ from, name }) => from === entry.name && name === reflection.name,
        );
        const block = index.get(symbol.id);
        if (block !== undefined) documented.comment = withExample(documented.comment ?? new Comment(), block);
      }
    }
  });
};
