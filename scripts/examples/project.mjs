// Every example that users read, as one project: the code blocks of READMEs and pages, and the examples of docstrings.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { ROOT, readJson, workspaceFolders } from '../workspace.mjs';
import { docstringExamples } from './docstrings.mjs';
import { exportsOf, importsOf, surroundingsOf, unresolvedNames } from './imports.mjs';
import { modulesOfMarkdown } from './markdown.mjs';
import { ScratchProject } from './scratchProject.mjs';

const SURROUNDINGS = 'scripts/examples/surroundings.ts';

const read = path => readFileSync(join(ROOT, path), 'utf8');

const folders = ['.', ...workspaceFolders()];

const filesBelow = (folder, ending, options) =>
  readdirSync(join(ROOT, folder), options)
    .filter(file => file.endsWith(ending))
    .map(file => join(folder, file));

const markdownFiles = () => {
  const sections = ['learn', 'do', 'operate', 'know', 'packages'].map(section => join('docs', section));
  return folders
    .flatMap(folder => [join(folder, 'README.md'), join(folder, 'FORGETTING.md')])
    .filter(readme => existsSync(join(ROOT, readme)))
    .concat(['docs', ...sections].flatMap(folder => filesBelow(folder, '.md')));
};

/** What users import, and the site has an API of: the name of each entry, and its file. */
const entries = readJson(join(ROOT, 'docs', 'typedoc.json')).entryPoints.map(entryPoint => {
  const file = relative(ROOT, join(ROOT, 'docs', entryPoint));
  const [, name, subpath] = /^packages\/([^/]+)\/src\/(?:([^/]+)\/)?index\.ts$/.exec(file.replaceAll('\\', '/'));
  return { file, name: ['@castore-dynamodb', name, subpath].filter(Boolean).join('/') };
});

/** The entry whose folder is nearest to a source. */
const entryOf = source =>
  entries
    .filter(({ file }) => source.startsWith(dirname(file)))
    .reduce((nearest, entry) => (entry.file.length > nearest.file.length ? entry : nearest));

const markdownModules = () =>
  markdownFiles().flatMap(source =>
    modulesOfMarkdown(read(source), source).map((module, index) => ({
      ...module,
      source,
      path: `${source}.${index}.ts`,
    })),
  );

const sourcesWithExamples = () => {
  const sources = entries.flatMap(({ file }) => filesBelow(dirname(file), '.ts', { recursive: true }));
  return [...new Set(sources)].filter(source => read(source).includes('@example'));
};

const docstringModules = ({ program }) =>
  sourcesWithExamples().flatMap(source =>
    docstringExamples(program.getSourceFile(join(ROOT, source))).map(({ line, code }) => ({
      source,
      path: `${source}.${line}.ts`,
      entry: entryOf(source),
      line,
      text: `${'\n'.repeat(line)}${code}`,
    })),
  );

/** Imports go into the line of the tag, so that the compiler's lines are those of the source. */
const addImports = (modules, project, scratch) => {
  const packages = new Map(entries.map(entry => [entry, exportsOf(project, join(ROOT, entry.file), entry.name)]));
  const surroundings = surroundingsOf(project, join(scratch.folder, SURROUNDINGS), '#surroundings');
  for (const { path, text, entry, line } of modules) {
    // The later ones win: what the example's own package exports.
    const origins = new Map([surroundings, ...packages.values(), packages.get(entry)].flatMap(names => [...names]));
    const imports = importsOf(unresolvedNames(project.program, join(scratch.folder, path)), origins);
    scratch.write(path, text.slice(0, line) + imports.join(' ') + text.slice(line));
  }
};

/** The project's modules, each with its file, and its program. */
export const openExamples = () => {
  const scratch = new ScratchProject(
    {
      extends: join(ROOT, 'tsconfig.test.json'),
      compilerOptions: { moduleDetection: 'force' },
      include: ['**/*.ts', ...entries.map(({ file }) => join(ROOT, dirname(file)))],
    },
    folders,
  );
  scratch.write('package.json', JSON.stringify({ type: 'module', imports: { '#surroundings': `./${SURROUNDINGS}` } }));
  scratch.write(SURROUNDINGS, read(SURROUNDINGS));
  const markdown = markdownModules();
  for (const { path, text } of markdown) scratch.write(path, text);
  const docstrings = docstringModules(scratch.open());
  for (const { path, text } of docstrings) scratch.write(path, text);
  const created = docstrings.map(({ path }) => path);
  addImports(docstrings, scratch.open({ created }), scratch);

  const { program, checker } = scratch.open({ changed: created });
  return {
    modules: [...markdown, ...docstrings].map(module => ({ ...module, file: join(scratch.folder, module.path) })),
    program,
    checker,
  };
};
