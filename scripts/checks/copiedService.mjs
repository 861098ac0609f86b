// examples/orders is a service to copy: copied out of the repository, it installs what users install, from the npm registry and
// our packed packages, compiles, passes its tests, and is bundled. Part of npm run test:platforms, since it needs the network.
import { execFileSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { packPublished, scratchFolder } from '../packed.mjs';
import { ROOT, readJson } from '../workspace.mjs';

const NOT_COPIED = /[/\\](node_modules|dist|tsconfig\.workspace\.json)$/;

const scratch = scratchFolder('copied-service');
const tarballs = new Map(packPublished(scratch).map(({ name, tarball }) => [name, `file:${tarball}`]));

const copy = join(scratch, 'orders');
cpSync(join(ROOT, 'examples', 'orders'), copy, { recursive: true, filter: source => !NOT_COPIED.test(source) });
// What is not published yet comes from the tarballs; all else stands as it is.
const manifest = readJson(join(copy, 'package.json'));
const published = dependencies =>
  Object.fromEntries(Object.entries(dependencies).map(([name, range]) => [name, tarballs.get(name) ?? range]));
manifest.dependencies = published(manifest.dependencies);
manifest.devDependencies = published(manifest.devDependencies);
manifest.overrides = Object.fromEntries(tarballs);
writeFileSync(join(copy, 'package.json'), JSON.stringify(manifest, null, 2));

const npm = (...args) =>
  execFileSync('npm', args, { cwd: copy, stdio: 'inherit', shell: process.platform === 'win32' });
npm('install', '--no-audit', '--no-fund');
npm('run', 'check');
npm('test');
npm('run', 'bundle');
