import { join } from 'node:path';

import { findPackageFolder } from '../here.cjs';
import type { AvailableEngine, MissingEngine } from './engine.js';

/** Looks for the binary in the optional package for this platform. */
export const findDynoxide = async (): Promise<AvailableEngine | MissingEngine> => {
  const packageName = `@dynoxide/${process.platform}-${process.arch}`;
  const folder = findPackageFolder(packageName);
  if (folder === undefined) {
    return { name: 'dynoxide', missing: `the optional package ${packageName} is not installed` };
  }
  const file = join(folder, process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide');

  return {
    name: 'dynoxide',
    launch: port => ({ launcher: 'executable', file, args: ['serve', '--host', '127.0.0.1', '--port', String(port)] }),
    environment: {},
  };
};
