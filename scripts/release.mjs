// npm run release: tests everything, then publishes each package whose version the registry does not have yet.
// Arguments go to pnpm: `npm run release -- --dry-run`.
import { ROOT, readJson, run } from './workspace.mjs';

run('npm', ['test']);
run('npx', ['-y', readJson(`${ROOT}/package.json`).packageManager, '--recursive', 'publish', ...process.argv.slice(2)]);
