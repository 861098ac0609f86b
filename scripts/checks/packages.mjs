// What users install: every published package is packed, unpacked beside the others, and looked at from outside.
// Needs a build; uses no network.
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

import { pnpm, ROOT, readJson, workspaceFolders } from '../workspace.mjs';
import { linkDependencies } from './linkDependencies.mjs';

const REQUIRED = ['LICENSE', 'README.md', 'dist/esm/index.js', 'dist/cjs/index.js', 'dist/cjs/package.json'];
const FORBIDDEN = /(^|[\\/])test[\\/]|\.(test|types)\.|\.tsbuildinfo$/;

const scratch = mkdtempSync(join(tmpdir(), 'castore-dynamodb-packages-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const problems = [];

const pack = folders => {
  pnpm(
    '--silent',
    '--recursive',
    ...folders.map(folder => `--filter=./${folder}`),
    'pack',
    `--pack-destination=${scratch}`,
  );
  return folders.map(folder => {
    const { name, version } = readJson(join(ROOT, folder, 'package.json'));
    const tarball = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
    const unpacked = join(scratch, 'node_modules', name);
    mkdirSync(unpacked, { recursive: true });
    execFileSync('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1'], { cwd: scratch });
    return { folder, name, tarball, unpacked, manifest: readJson(join(unpacked, 'package.json')) };
  });
};

const checkContents = ({ name, unpacked, manifest }) => {
  const files = readdirSync(unpacked, { recursive: true });
  for (const file of REQUIRED) if (!existsSync(join(unpacked, file))) problems.push(`${name}: ${file} is missing`);
  for (const file of files) if (FORBIDDEN.test(file)) problems.push(`${name}: ${file} does not belong into a package`);

  const marker = join(unpacked, 'dist', 'cjs', 'package.json');
  if (existsSync(marker) && readJson(marker).type !== 'commonjs')
    problems.push(`${name}: dist/cjs is not marked as commonjs`);
  if (JSON.stringify(manifest).includes('workspace:')) problems.push(`${name}: package.json still says "workspace:"`);
};

const checkManifest = async ({ name, unpacked, manifest }) => {
  const { messages } = await publint({ pkgDir: unpacked, pack: false, strict: true });
  problems.push(...messages.map(message => `${name}: publint: ${formatMessage(message, manifest, { color: false })}`));
};

const checkTypes = ({ name, tarball }) =>
  new Promise(resolve => {
    const attw = join(ROOT, 'node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js');
    execFile(
      process.execPath,
      [attw, tarball, '--no-color', '--no-emoji', '--format=ascii'],
      { cwd: scratch },
      (error, stdout) => {
        if (error) problems.push(`${name}: attw: ${stdout || error.message}`);
        resolve();
      },
    );
  });

/** What each entry point exports when a module of the given kind loads it. */
const exportsSeenBy = (file, load, specifiers) => {
  writeFileSync(
    join(scratch, file),
    `(async () => {
      const seen = {};
      for (const specifier of ${JSON.stringify(specifiers)}) seen[specifier] = Object.keys(${load}(specifier)).toSorted();
      console.log(JSON.stringify(seen));
    })();`,
  );
  return JSON.parse(execFileSync(process.execPath, [file], { cwd: scratch, encoding: 'utf8', stdio: 'pipe' }));
};

/** Loads every entry point with nothing but the declared dependencies at hand. */
const checkLoading = packages => {
  for (const { folder, unpacked } of packages) {
    linkDependencies(
      folder,
      ['dependencies', 'optionalDependencies', 'peerDependencies'],
      join(unpacked, 'node_modules'),
    );
  }
  const specifiers = packages.flatMap(({ name, manifest }) =>
    Object.keys(manifest.exports)
      .filter(path => path !== './package.json')
      .map(path => name + path.slice(1)),
  );
  const imported = exportsSeenBy('imports.mjs', 'await import', specifiers);
  const required = exportsSeenBy('requires.cjs', 'require', specifiers);
  for (const specifier of specifiers) {
    const [esm, cjs] = [imported[specifier].join(' '), required[specifier].join(' ')];
    if (esm === '') problems.push(`${specifier} exports nothing`);
    if (esm !== cjs) problems.push(`${specifier} exports differ: import gives ${esm}; require gives ${cjs}`);
  }
};

const published = workspaceFolders().filter(folder => readJson(join(ROOT, folder, 'package.json')).private !== true);
const packages = pack(published);
packages.forEach(checkContents);
await Promise.all(packages.flatMap(each => [checkManifest(each), checkTypes(each)]));
try {
  checkLoading(packages);
} catch (error) {
  problems.push(error.message);
}

for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
