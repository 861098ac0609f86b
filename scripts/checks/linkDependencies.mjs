import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { ROOT, readJson } from '../workspace.mjs';

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
