// A plugin of TypeDoc: gives every public name an example. One that has an `@example` keeps it, with the imports that it needs;
// the others get the best of all that READMEs, pages and other docstrings have. Errors link to who says that it throws them.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { Comment, CommentTag, Converter, ReflectionKind } from 'typedoc';

import { indexExamples } from '../scripts/examples/index.mjs';
import { openExamples } from '../scripts/examples/project.mjs';
import { ROOT } from '../scripts/workspace.mjs';

const REPOSITORY = 'https://github.com/OWNER/castore-dynamodb/blob/main';

/** The page that an example is from; empty if it is from a docstring. */
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

/** What has the comment of a name: a function's is that of its signature. */
const documentedOf = reflection => reflection.signatures?.[0] ?? reflection;

const addExamples = (module, from, examples, index) => {
  for (const reflection of module.children.filter(child => !child.isReference())) {
    const documented = documentedOf(reflection);
    const tags = documented.comment?.getTags('@example') ?? [];
    for (const tag of tags) addImports(tag, examples.modules);
    if (tags.length > 0) continue;
    const { symbol } = examples.publicNames.find(known => known.from === from && known.name === reflection.name);
    documented.comment = withExample(documented.comment ?? new Comment(), index.get(symbol.id));
  }
};

/** An error that more names throw than this is one for arguments: its message says which. */
const MOST_THROWERS = 12;

/** Links each error to the names that have it in their `@throws`. */
const addThrowers = project => {
  const signatures = project.getReflectionsByKind(ReflectionKind.CallSignature | ReflectionKind.ConstructorSignature);
  const throwersOf = name =>
    signatures
      .filter(({ comment }) =>
        comment
          ?.getTags('@throws')
          .some(({ content }) => Comment.combineDisplayParts(content).match(/\w+/g)?.includes(name)),
      )
      .map(({ parent, kind }) => (kind === ReflectionKind.ConstructorSignature ? parent.parent : parent));
  for (const error of project.getReflectionsByKind(ReflectionKind.Class)) {
    const throwers = [...new Set(throwersOf(error.name))];
    if (throwers.length === 0 || throwers.length > MOST_THROWERS) continue;
    const links = throwers.flatMap((target, index) => [
      { kind: 'text', text: index === 0 ? '' : ', ' },
      { kind: 'inline-tag', tag: '@link', text: nameOf(target), target },
    ]);
    error.comment.blockTags.push(new CommentTag('@see', links));
  }
};

/** A method's is that of its class besides. */
const nameOf = ({ name, parent, kind }) => (kind === ReflectionKind.Method ? `${parent.name}.${name}` : name);

export const load = app => {
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    const examples = openExamples();
    const index = indexExamples(examples);
    for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
      const { name } = examples.entries.find(({ file }) => relative(ROOT, file) === module.sources[0].fileName);
      module.name = name;
      addExamples(module, name, examples, index);
    }
    addThrowers(project);
  });
};
