// What users install works: publint and attw have nothing against it, it loads both ways with the same names, its
// declarations compile, a bundler finds all that it needs, and the first program of the README runs. With
// `--first-program`, only the last.
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { build } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

import { linkDeclared, packPublished, scratchFolder } from '../packed.mjs';
import { ROOT } from '../workspace.mjs';
import { checkFirstProgram } from './firstProgram.mjs';

const REQUIRED = ['LICENSE', 'README.md', 'dist/esm/index.js', 'dist/cjs/index.js', 'dist/cjs/package.json'];
const FORBIDDEN = /(^|[\\/])test[\\/]|\.(test|types)\.|\.tsbuildinfo$/;

const scratch = scratchFolder('packages');
const problems = [];

/** On npm's page, a README is alone. */
const checkLinks = ({ name, unpacked }) => {
  const [relative] = /\]\((?!https:|#)[^)]*\)/.exec(readFileSync(join(unpacked, 'README.md'), 'utf8')) ?? [];
  if (relative) problems.push(`${name}: the link ${relative} of its README leads nowhere on npm's page`);
};

const checkContents = ({ name, unpacked, manifest }) => {
  const files = readdirSync(unpacked, { recursive: true, encoding: 'utf8' });
  for (const file of REQUIRED) if (!existsSync(join(unpacked, file))) problems.push(`${name}: ${file} is missing`);
  for (const file of files) if (FORBIDDEN.test(file)) problems.push(`${name}: ${file} does not belong into a package`);
  if (!manifest.description || !manifest.keywords?.length || !manifest.repository?.directory) {
    problems.push(`${name}: package.json lacks a description, keywords or a repository with its directory`);
  }
  if (JSON.stringify(manifest).includes('workspace:')) problems.push(`${name}: package.json still says "workspace:"`);
};

/** What publint has against it, suggestions included. */
const checkByPublint = async ({ name, bytes, manifest }) => {
  const { messages } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
  for (const message of messages) {
    problems.push(`${name}: publint: ${formatMessage(message, manifest, { color: false })}`);
  }
};

/** What attw has against it, in every way of resolving modules. */
const checkByAttw = async ({ name, bytes }) => {
  const analysis = await checkPackage(createPackageFromTarballData(bytes));
  if (analysis.types === false) problems.push(`${name}: attw: has no types`);
  for (const problem of analysis.problems ?? []) problems.push(`${name}: attw: ${JSON.stringify(problem)}`);
};

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
const checkDeclarations = async packages => {
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
  try {
    await promisify(execFile)(process.execPath, [tsc, '-p', scratch, '--singleThreaded']);
  } catch ({ stdout, message }) {
    problems.push(`The declarations do not compile without skipLibCheck: ${stdout || message}`);
  }
};

/** A bundler finds all that it insists on, as for a Lambda function. Packages that are installed for sure stay outside. */
const checkBundling = async ({ name, manifest: { peerDependencies = {}, peerDependenciesMeta = {} } }, load) => {
  try {
    await build({
      stdin: { contents: load, resolveDir: scratch },
      bundle: true,
      write: false,
      platform: 'node',
      external: Object.keys(peerDependencies).filter(peer => peerDependenciesMeta[peer]?.optional !== true),
      logLevel: 'silent',
    });
  } catch (error) {
    problems.push(`${name}: esbuild of ${load}: ${error.message}`);
  }
};

const checkAll = async packages => {
  packages.forEach(checkLinks);
  packages.forEach(checkContents);
  for (const published of packages) {
    // A copy, as Node's buffers of small files share one.
    const bytes = new Uint8Array(readFileSync(published.tarball));
    await checkByPublint({ ...published, bytes });
    await checkByAttw({ ...published, bytes });
  }

  // From here on with nothing but the declared dependencies at hand, and no optional peers.
  linkDeclared(packages);
  await checkDeclarations(packages);
  await Promise.all(
    packages.flatMap(each => [
      checkBundling(each, `export * from '${each.name}';`),
      checkBundling(each, `module.exports = require('${each.name}');`),
    ]),
  );
  checkLoading(packages);
};

const packages = packPublished(scratch);
try {
  if (process.argv.includes('--first-program')) linkDeclared(packages);
  else await checkAll(packages);
  // Last, as it adds what the adapter's users install.
  problems.push(...checkFirstProgram(scratch));
} catch (error) {
  problems.push(error.message);
}

for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
