import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import type { EngineName, LocalDynamoDb, NoEngineFoundError } from '@castore-dynamodb/local';

import type { EngineReport } from './engines.js';

declare global {
  var startedEngines: LocalDynamoDb[];
}

/**
 * Compiles `packages/local`, if it is not compiled yet, and loads it as a user does. Its sources cannot be imported
 * here, since Jest's module name mapping does not reach the global set-up.
 */
const loadLocal = (root: string): typeof import('@castore-dynamodb/local') => {
  const local = join(root, 'packages', 'local');
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-b', local, join(local, 'tsconfig.cjs.json')], { stdio: 'inherit' });
  for (const name of ['commons', 'local']) {
    writeFileSync(join(root, 'packages', name, 'dist', 'cjs', 'package.json'), '{"type":"commonjs"}\n');
  }

  return createRequire(join(root, 'package.json'))(
    join(local, 'dist', 'cjs', 'index.js'),
  ) as typeof import('@castore-dynamodb/local');
};

const isNoEngineFound = (error: unknown): error is NoEngineFoundError =>
  (error as { code?: unknown }).code === 'NoEngineFoundError';

/** Jest's global set-up: starts each engine once for all test files. */
export default async ({ rootDir }: { rootDir: string }): Promise<void> => {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const { startLocalDynamoDb } = loadLocal(rootDir);
  globalThis.startedEngines = [];

  const start = async (engine: EngineName): Promise<EngineReport> => {
    try {
      const started = await startLocalDynamoDb({ engine });
      globalThis.startedEngines.push(started);

      return { engine, endpoint: started.endpoint, clientConfig: started.clientConfig };
    } catch (error) {
      if (!isNoEngineFound(error)) throw error;

      return { engine, missing: error.engines.map(({ missing }) => missing).join('; ') };
    }
  };
  const reports = await Promise.all([start('dynamodb-local'), start('dynoxide')]);
  process.env.CASTORE_DYNAMODB_TEST_ENGINES = JSON.stringify(reports);
};
