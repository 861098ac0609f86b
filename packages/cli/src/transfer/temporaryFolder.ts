import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder in the system's temporary one that its user alone can read: what lies in it may be about persons. */
export interface TemporaryFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** Gone when it is removed, or when the process ends in whatever way but by being killed. */
export const makeTemporaryFolder = async (): Promise<TemporaryFolder> => {
  const path = await mkdtemp(join(tmpdir(), 'castore-dynamodb-'));
  const removeAtExit = (): void => rmSync(path, { recursive: true, force: true });
  process.on('exit', removeAtExit);
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true });
      process.off('exit', removeAtExit);
    },
  };
};
