// The lock file holds the native binaries of every tool for every platform that people develop on.
// pnpm leaves out, without a word, a platform whose package could not be had when the lock file was written;
// which platforms there are, the tools' own manifests say.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT, readJson } from '../workspace.mjs';

const PLATFORM = /(darwin|linux)-(arm64|x64)|win32-x64/;
const STORE = join(ROOT, 'node_modules', '.pnpm');

const lockFile = readFileSync(join(ROOT, 'pnpm-lock.yaml'), 'utf8');
const isLocked = (name, version) =>
  [`${name}@${version}`, `'${name}@${version}'`].some(key => lockFile.includes(`\n  ${key}:\n`));

/** The store's folders are named `<name>@<version>…`, with `+` for the `/` of a scope. */
const manifestIn = folder => {
  const name = /^(@?[^@]+)@/.exec(folder)?.[1].replace('+', '/') ?? '';
  const path = join(STORE, folder, 'node_modules', name, 'package.json');
  return existsSync(path) ? readJson(path) : {};
};

const binaries = readdirSync(STORE)
  .map(manifestIn)
  .filter(({ name, version }) => isLocked(name, version))
  .flatMap(({ name: tool, optionalDependencies = {} }) =>
    Object.entries(optionalDependencies).map(([binary, version]) => ({ tool, binary, version })),
  )
  .filter(({ binary }) => PLATFORM.test(binary));
const missing = binaries.filter(({ binary, version }) => !isLocked(binary, version));

for (const { tool, binary, version } of missing) {
  console.error(`pnpm-lock.yaml lacks ${binary} ${version}: pin a version of ${tool} whose binaries can all be had.`);
}
if (binaries.length === 0) console.error('No tool with native binaries was found: is the workspace installed?');
console.log(`${binaries.length} native binaries of ${new Set(binaries.map(({ tool }) => tool)).size} tools`);
process.exitCode = missing.length > 0 || binaries.length === 0 ? 1 : 0;
