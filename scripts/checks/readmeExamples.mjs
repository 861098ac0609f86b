// The TypeScript in every README and every page of the site compiles under the project's strict settings; CONTRIBUTING.md has the conventions.
// A module is its README with everything but the code blanked out, so that the compiler's lines are the README's.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { fromMarkdown } from 'mdast-util-from-markdown';

import { linkDependencies } from '../packed.mjs';
import { ROOT, workspaceFolders } from '../workspace.mjs';

const DIRECTIVES = ['separate', 'setup'];

const isTypeScript = ({ type, lang }) => type === 'code' && /^(ts|typescript)$/i.test(lang ?? '');

const directiveOf = ({ type, value, position }, readme) => {
  const directive = type === 'html' ? /^<!--\s*example:\s*(\S*)/.exec(value)?.[1] : undefined;
  if (directive === undefined || DIRECTIVES.includes(directive)) return directive;
  throw new Error(`${readme}:${position.start.line}: "example: ${directive}" is none of ${DIRECTIVES.join(', ')}`);
};

const flatten = node => [node, ...(node.children ?? []).flatMap(flatten)];

const modulesOf = readme => {
  const lines = readFileSync(join(ROOT, readme), 'utf8').split('\n');
  const modules = [];
  for (const node of flatten(fromMarkdown(lines.join('\n')))) {
    const directive = directiveOf(node, readme);
    if (directive === undefined && !isTypeScript(node)) continue;
    if (modules.length === 0 || directive === 'separate') modules.push(lines.map(() => ''));

    // What lies between the fences, or between `<!-- example: …` and `-->`.
    const { start, end } = node.position;
    for (let index = start.line; index < end.line - 1; index++) modules.at(-1)[index] = lines[index];
  }
  return modules.map(module => module.join('\n'));
};

const scratch = mkdtempSync(join(tmpdir(), 'castore-dynamodb-examples-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const write = (path, text) => {
  mkdirSync(dirname(join(scratch, path)), { recursive: true });
  writeFileSync(join(scratch, path), text);
};

const folders = ['.', ...workspaceFolders()];
for (const folder of folders) {
  linkDependencies(folder, ['dependencies', 'peerDependencies', 'devDependencies'], join(scratch, 'node_modules'));
}

const pages = ['docs', ...['learn', 'do', 'operate', 'know', 'packages'].map(section => join('docs', section))].flatMap(
  folder =>
    readdirSync(join(ROOT, folder))
      .filter(file => file.endsWith('.md'))
      .map(file => join(folder, file)),
);
const readmes = folders
  .flatMap(folder => [join(folder, 'README.md'), join(folder, 'FORGETTING.md')])
  .filter(readme => existsSync(join(ROOT, readme)))
  .concat(pages);
for (const readme of readmes) {
  modulesOf(readme).forEach((module, index) => write(`${readme}.${index}.ts`, module));
}
write('package.json', JSON.stringify({ type: 'module' }));
write(
  'tsconfig.json',
  JSON.stringify({
    extends: join(ROOT, 'tsconfig.test.json'),
    compilerOptions: { moduleDetection: 'force' },
    include: ['**/*.ts'],
  }),
);

const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
const options = { cwd: scratch, encoding: 'utf8' };
const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', '.', '--pretty', 'false'], options);
console.log(stdout.replaceAll(/\.md\.\d+\.ts\((\d+),(\d+)\)/g, '.md:$1:$2'));
process.exitCode = status ?? 1;
