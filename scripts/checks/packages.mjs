// What users install: every published package is packed, unpacked beside the others, and looked at from outside.
// Needs a build; uses no network.
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { build } from 'esbuild';
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

/** Loads every entry point. */
const checkLoading = packages => {
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

/** The declarations compile for users who do not skip those of libraries, imported and required. */
const checkDeclarations = packages => {
  const lines = packages.map(({ name }, index) => `export * as package${index} from '${name}';\n`).join('');
  for (const file of ['user.mts', 'user.cts']) writeFileSync(join(scratch, file), lines);
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2022',
    strict: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules', '@types')],
  };
  writeFileSync(join(scratch, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['user.mts', 'user.cts'] }));
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', scratch], { cwd: scratch, encoding: 'utf8' });
  if (status !== 0) problems.push(`The declarations do not compile without skipLibCheck:\n${stdout}`);
};

/** A bundler finds all that it insists on, as for a Lambda function. Packages that are installed for sure stay outside. */
const checkBundling = async ({ name, manifest: { peerDependencies = {}, peerDependenciesMeta = {} } }) => {
  try {
    await build({
      stdin: { contents: `export * from '${name}';`, resolveDir: scratch },
      bundle: true,
      write: false,
      platform: 'node',
      format: 'esm',
      external: Object.keys(peerDependencies).filter(peer => peerDependenciesMeta[peer]?.optional !== true),
      logLevel: 'silent',
    });
  } catch (error) {
    problems.push(`${name}: esbuild: ${error.message}`);
  }
};

const published = workspaceFolders().filter(folder => readJson(join(ROOT, folder, 'package.json')).private !== true);
const packages = pack(published);
packages.forEach(checkContents);
await Promise.all(packages.flatMap(each => [checkManifest(each), checkTypes(each)]));

// From here on with nothing but the declared dependencies at hand, and no optional peers.
for (const { folder, unpacked } of packages) {
  linkDependencies(
    folder,
    ['dependencies', 'optionalDependencies', 'peerDependencies'],
    join(unpacked, 'node_modules'),
  );
}
checkDeclarations(packages);
await Promise.all(packages.map(checkBundling));
try {
  checkLoading(packages);
} catch (error) {
  problems.push(error.message);
}

for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
