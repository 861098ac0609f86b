// npm run release: tests everything, then publishes each package whose version the registry does not have yet.
// Arguments go to pnpm: `npm run release -- --dry-run`.
import { ROOT, readJson, run, workspaceFolders } from './workspace.mjs';

// Links to the repository, in manifests, READMEs and what the command prints, are written for an owner that is still to be
// filled in.
const isUnowned = folder => readJson(`${ROOT}/${folder}/package.json`).repository?.url.includes('/OWNER/');
if (workspaceFolders().some(isUnowned)) {
  console.error(
    'The repository has no owner yet: replace OWNER in all files first (`git grep -l OWNER/castore-dynamodb`).',
  );
  process.exit(1);
}

run('npm', ['test']);
run('npx', ['-y', readJson(`${ROOT}/package.json`).packageManager, '--recursive', 'publish', ...process.argv.slice(2)]);
