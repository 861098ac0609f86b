// What every command of the root package.json starts with: a fresh clone needs nothing but Node and npm.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

export const readJson = path => JSON.parse(readFileSync(path, 'utf8'));

const STAMP = join(ROOT, 'node_modules', '.installed-lock-file');

/** Runs a program to its end with this terminal; exits with its code if it fails. */
export const run = (program, args, options = {}) => {
  const { status, error } = spawnSync(program, args, {
    cwd: ROOT,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    ...options,
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
};

const { packageManager } = readJson(join(ROOT, 'package.json'));

/**
 * Runs the pnpm that package.json pins; its output goes to stderr. From Node's own folder, since npx looks through all of a
 * folder's `node_modules` first, which takes it seconds here, and in a temporary folder would run what others have put there.
 * Not on Windows, whose shell would split a path with spaces.
 */
export const pnpm = (...args) => {
  const [cwd, dir] = process.platform === 'win32' ? [ROOT, []] : [dirname(process.execPath), [`--dir=${ROOT}`]];
  run('npx', ['-y', '--update-notifier=false', packageManager, ...dir, ...args], {
    cwd,
    stdio: ['ignore', process.stderr, 'inherit'],
  });
};

/** The folders of the packages, examples and benchmarks that are there, from the root. */
export const workspaceFolders = () =>
  ['packages', 'examples']
    .filter(parent => existsSync(join(ROOT, parent)))
    .flatMap(parent => readdirSync(join(ROOT, parent)).map(name => `${parent}/${name}`))
    .concat('bench', 'docs')
    .filter(folder => existsSync(join(ROOT, folder, 'package.json')));

/**
 * Installs what the lock file names, if that has not been done yet.
 *
 * @param only the name of a package of the workspace: in a fresh clone, nothing but what it takes to build and run that
 */
export const install = only => {
  const lockFile = readFileSync(join(ROOT, 'pnpm-lock.yaml'));
  const current = createHash('sha256').update(packageManager).update(lockFile).digest('hex');
  const isFresh = !existsSync(STAMP);
  const stamp = only !== undefined && isFresh ? `${STAMP}-${basename(only)}` : STAMP;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === current) return;

  // Everything, after only a part of it: pnpm asks before it links anew, if there is somebody to ask, and fails if not.
  const part = stamp === STAMP ? ['--config.confirmModulesPurge=false'] : ['--prod', `--filter=${only}...`];
  pnpm('install', '--frozen-lockfile', ...part);
  mkdirSync(join(ROOT, 'node_modules'), { recursive: true });
  writeFileSync(stamp, current);
};

/**
 * TypeScript moves a `require` that it makes of an `import()` into a function of its own. There, bundlers do not see that it is
 * in a `try`, and insist on a package that may be missing.
 */
const keepRequiresInTheirTry = folder => {
  for (const file of readdirSync(folder, { recursive: true })) {
    if (!file.endsWith('.js')) continue;
    const path = join(folder, file);
    const code = readFileSync(path, 'utf8');
    const changed = code.replaceAll(
      /await Promise\.resolve\(\)\.then\(\(\) => (__importStar\(require\('[^']+'\)\))\)/g,
      '$1',
    );
    if (changed !== code) writeFileSync(path, changed);
  }
};

/**
 * Compiles every package and example; seconds the first time, less than one after that.
 *
 * @param only a folder of the workspace: nothing but it and what it depends on, as ES modules
 */
export const build = only => {
  const firstThere = projects => projects.filter(project => existsSync(join(ROOT, project))).slice(0, 1);
  const projects = (only === undefined ? workspaceFolders() : [only]).flatMap(folder => [
    // A project that users copy has a tsconfig.json of its own, which knows nothing of this workspace.
    ...firstThere([`${folder}/tsconfig.workspace.json`, `${folder}/tsconfig.json`]),
    ...firstThere([`${folder}/tsconfig.cjs.json`]),
  ]);
  run(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-b', ...projects]);

  for (const folder of workspaceFolders()) {
    const cjs = join(ROOT, folder, 'dist', 'cjs');
    if (!existsSync(cjs)) continue;
    // The packages are of type "module": this tells Node that what lies here is not.
    writeFileSync(join(cjs, 'package.json'), '{"type":"commonjs"}\n');
    keepRequiresInTheirTry(cjs);
  }

  // What a compiler alone does not make: its package says how.
  for (const folder of workspaceFolders().filter(each => existsSync(join(ROOT, each, 'dist')))) {
    const { scripts } = readJson(join(ROOT, folder, 'package.json'));
    if (scripts?.build !== undefined) run('npm', ['run', '--silent', 'build'], { cwd: join(ROOT, folder) });
  }
};
