// What users install: every published package, packed, unpacked beside the others, and given nothing but the dependencies
// that it declares. Needs a build; uses no network.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { pnpm, ROOT, readJson, workspaceFolders } from './workspace.mjs';

/** A folder in the system's temporary one, gone when this process ends. */
export const scratchFolder = name => {
  const folder = mkdtempSync(join(tmpdir(), `castore-dynamodb-${name}-`));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** Packs every published package into the folder and unpacks it below `node_modules` there. */
export const packPublished = scratch => {
  const folders = workspaceFolders().filter(folder => readJson(join(ROOT, folder, 'package.json')).private !== true);
  const filters = folders.map(folder => `--filter=./${folder}`);
  pnpm('--silent', '--recursive', ...filters, 'pack', `--pack-destination=${scratch}`);
  return folders.map(folder => {
    const { name, version } = readJson(join(ROOT, folder, 'package.json'));
    const tarball = join(scratch, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
    const unpacked = join(scratch, 'node_modules', name);
    mkdirSync(unpacked, { recursive: true });
    execFileSync('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1']);
    return { folder, name, tarball, unpacked, manifest: readJson(join(unpacked, 'package.json')) };
  });
};

/** Gives each of them what it says that it needs. */
export const linkDeclared = packages => {
  for (const { folder, unpacked } of packages) {
    linkDependencies(
      folder,
      ['dependencies', 'optionalDependencies', 'peerDependencies'],
      join(unpacked, 'node_modules'),
    );
  }
};

/**
 * Gives code outside the workspace what a folder of the workspace has installed, without the network.
 *
 * @param folder of the workspace, from the root
 * @param kinds of its dependencies, as its package.json calls them; the workspace's own packages are never linked, and
 *   of peer dependencies only those that are not optional
 * @param nodeModules where the links go; what is there already stays
 */
export const linkDependencies = (folder, kinds, nodeModules) => {
  const manifest = readJson(join(ROOT, folder, 'package.json'));
  const isOptionalPeer = (kind, name) =>
    kind === 'peerDependencies' && manifest.peerDependenciesMeta?.[name]?.optional === true;
  const namesOf = kind => Object.keys(manifest[kind] ?? {}).filter(name => !isOptionalPeer(kind, name));
  for (const name of kinds.flatMap(namesOf)) {
    const installed = join(ROOT, folder, 'node_modules', name);
    const link = join(nodeModules, name);
    if (name.startsWith('@castore-dynamodb/') || !existsSync(installed) || existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(installed, link, 'junction');
  }
};
