// npm run version-packages: turns the changesets into one version of all packages and their changelogs.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { install, pnpm, ROOT, readJson, workspaceFolders } from './workspace.mjs';

const ADAPTER = '@castore-dynamodb/adapter';
const CHANGESETS = join(ROOT, 'node_modules', '@changesets', 'cli', 'bin.js');

const writePeer = (path, range) => {
  const manifest = readJson(path);
  const peers = Object.entries({ ...manifest.peerDependencies, [ADAPTER]: range });
  manifest.peerDependencies = Object.fromEntries(peers.toSorted(([one], [other]) => (one < other ? -1 : 1)));
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
};

install();
// All packages have one version, so a peer's new one says nothing. Changesets would make a major version of it:
// https://github.com/changesets/changesets/issues/1228
const dependents = workspaceFolders()
  .map(folder => join(ROOT, folder, 'package.json'))
  .map(path => ({ path, range: readJson(path).peerDependencies?.[ADAPTER] }))
  .filter(({ range }) => range !== undefined);
for (const { path } of dependents) writePeer(path, undefined);
try {
  execFileSync(process.execPath, [CHANGESETS, 'version', ...process.argv.slice(2)], { cwd: ROOT, stdio: 'inherit' });
} finally {
  for (const { path, range } of dependents) writePeer(path, range);
}

// The first lines of the README install files that are named after the version.
const { version } = readJson(join(ROOT, 'packages', 'adapter', 'package.json'));
const readme = join(ROOT, 'README.md');
writeFileSync(readme, readFileSync(readme, 'utf8').replaceAll(/(?<=\}-)\d+\.\d+\.\d+(?=\.tgz)/g, version));

// A service to copy names the packages as its user does, by their versions, and the lock file has these names.
const orders = join(ROOT, 'examples', 'orders', 'package.json');
const ranges = /(?<="@castore-dynamodb\/[^"]+": "\^)[^"]+/g;
writeFileSync(orders, readFileSync(orders, 'utf8').replaceAll(ranges, version));
pnpm('install', '--lockfile-only');
