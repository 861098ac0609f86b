// Every example that users read, as one project: the code blocks of READMEs and pages, and the examples of docstrings.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { ROOT, readJson, workspaceFolders } from '../workspace.mjs';
import { docstringExamples } from './docstrings.mjs';
import { errorExamples } from './errorExamples.mjs';
import { exportsOf, importsOf, surroundingsOf, unresolvedNames } from './imports.mjs';
import { publicNamesOf } from './index.mjs';
import { modulesOfMarkdown } from './markdown.mjs';
import { ScratchProject } from './scratchProject.mjs';

const SURROUNDINGS = 'scripts/examples/surroundings.ts';

/** Has no API of its own, and documents what others export. */
const COMMONS = 'packages/commons/src';

const read = path => readFileSync(join(ROOT, path), 'utf8');

const folders = ['.', ...workspaceFolders()];

const filesBelow = (folder, ending, options) =>
  readdirSync(join(ROOT, folder), options)
    .filter(file => file.endsWith(ending))
    .map(file => join(folder, file));

const markdownFiles = () => {
  const sections = ['learn', 'do', 'operate', 'know', 'packages'].map(section => join('docs', section));
  return folders
    .map(folder => join(folder, 'README.md'))
    .filter(readme => existsSync(join(ROOT, readme)))
    .concat(['docs', ...sections].flatMap(folder => filesBelow(folder, '.md')));
};

/** What users import, and the site has an API of: the name of each entry, and its file. */
const entries = readJson(join(ROOT, 'docs', 'typedoc.json')).entryPoints.map(entryPoint => {
  const file = relative(ROOT, join(ROOT, 'docs', entryPoint));
  const [, name, subpath] = /^packages\/([^/]+)\/src\/(?:([^/]+)\/)?index\.ts$/.exec(file.replaceAll('\\', '/'));
  return { file: join(ROOT, file), name: ['@castore-dynamodb', name, subpath].filter(Boolean).join('/') };
});

/** The entry whose folder is nearest to a source; that of commons has none. */
const entryOf = source =>
  entries
    .filter(({ file }) => join(ROOT, source).startsWith(dirname(file)))
    .reduce((nearest, entry) => (entry.file.length > nearest.file.length ? entry : nearest), { file: '' });

const markdownModules = () =>
  markdownFiles().flatMap(source =>
    modulesOfMarkdown(read(source), source).map((module, index) => ({
      ...module,
      source,
      path: `${source}.${index}.ts`,
    })),
  );

const sourcesWithExamples = () => {
  const entryFolders = entries.map(({ file }) => relative(ROOT, dirname(file)));
  const sources = [...entryFolders, COMMONS].flatMap(folder => filesBelow(folder, '.ts', { recursive: true }));
  return [...new Set(sources)].filter(source => read(source).includes('@example'));
};

/** Code in the tag's own line is its title to TypeDoc, and would not be compiled. */
const checkExample = (code, place) => {
  if (code.trim() === '') throw new Error(`${place}: no code below @example.`);
};

const docstringModules = ({ program }) =>
  sourcesWithExamples().flatMap(source =>
    docstringExamples(program.getSourceFile(join(ROOT, source))).map(({ line, code }) => {
      checkExample(code, `${source}:${line + 1}`);
      return {
        source,
        path: `${source}.${line}.ts`,
        entry: entryOf(source),
        line,
        text: `${'\n'.repeat(line)}${code}`,
        blocks: [{ code: code.trim(), from: line + 1, to: line + code.split('\n').length }],
      };
    }),
  );

/** Imports go into the line of the tag, so that the compiler's lines are those of the source. */
const withImports = (modules, project, folder) => {
  const packages = new Map(entries.map(entry => [entry, exportsOf(project, entry.file, entry.name)]));
  const surroundings = surroundingsOf(project, join(folder, SURROUNDINGS), '#surroundings');
  return modules.map(module => {
    // The later ones win: what the example's own package exports.
    const names = [surroundings, ...packages.values(), packages.get(module.entry) ?? []].flatMap(each => [...each]);
    const imports = importsOf(unresolvedNames(project.program, join(folder, module.path)), new Map(names));
    const text = module.text.slice(0, module.line) + imports.join(' ') + module.text.slice(module.line);
    return { ...module, text, imports: imports.filter(each => !each.includes('#surroundings')) };
  });
};

const errorModules = project =>
  errorExamples(project.checker, publicNamesOf(project, entries)).map(({ name, text }) => ({
    source: `errors/${name}`,
    path: `errors/${name}.ts`,
    text,
    blocks: [{ code: text, from: 0, to: text.split('\n').length }],
    isGenerated: true,
  }));

/** The project's modules, each with its file, and its program. */
export const openExamples = () => {
  const scratch = new ScratchProject(
    {
      extends: join(ROOT, 'tsconfig.test.json'),
      compilerOptions: { moduleDetection: 'force' },
      include: ['**/*.ts', ...entries.map(({ file }) => dirname(file))],
    },
    folders,
  );
  const writeAll = modules => {
    for (const { path, text } of modules) scratch.write(path, text);
    return modules.map(({ path }) => path);
  };
  scratch.write('package.json', JSON.stringify({ type: 'module', imports: { '#surroundings': `./${SURROUNDINGS}` } }));
  scratch.write(SURROUNDINGS, read(SURROUNDINGS));
  const markdown = markdownModules();
  writeAll(markdown);
  const withoutImports = docstringModules(scratch.open());
  const project = scratch.open({ created: writeAll(withoutImports) });
  const docstrings = withImports(withoutImports, project, scratch.folder);
  const errors = errorModules(project);

  const { program, checker } = scratch.open({ changed: writeAll(docstrings), created: writeAll(errors) });
  const modules = [...markdown, ...docstrings, ...errors];
  return {
    modules: modules.map(module => ({ ...module, file: join(scratch.folder, module.path) })),
    program,
    checker,
    entries,
    publicNames: publicNamesOf({ program, checker }, entries),
  };
};
