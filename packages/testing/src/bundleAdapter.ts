import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';

const PACKAGES = join(__dirname, '..', '..');
const ADAPTER = join(PACKAGES, 'adapter');

export interface Bundle {
  /** A module; everything but our own packages is imported from where the adapter is. */
  path: string;
  remove: () => void;
}

export interface BundleOptions {
  minify?: boolean;
  /** What to export; all else is left out. Everything, by default. */
  names?: string[];
  /** `esm`, or CommonJS by default. */
  format?: 'cjs' | 'esm';
  /** Whether a copy of Castore is in it, which only it uses. */
  withCastore?: boolean;
}

/** The adapter's sources as one file, for programs that run outside of Jest, and to be weighed. */
export const bundleAdapter = async ({
  minify = false,
  names,
  format = 'cjs',
  withCastore = false,
}: BundleOptions = {}): Promise<Bundle> => {
  const cache = join(ADAPTER, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'bundle-'));
  const path = join(folder, format === 'cjs' ? 'adapter.cjs' : 'adapter.mjs');
  const exported = names === undefined ? '*' : `{ ${names.join()} }`;
  const castore = withCastore
    ? "export { EventStore, EventType, isEventAlreadyExistsError } from '@castore/core';"
    : '';
  await build({
    stdin: { contents: `export ${exported} from './src/index.js'; ${castore}`, resolveDir: ADAPTER },
    alias: Object.fromEntries(
      ['commons', 'table'].map(name => [`@castore-dynamodb/${name}`, join(PACKAGES, name, 'src', 'index.ts')]),
    ),
    format,
    outfile: path,
    bundle: true,
    minify,
    platform: 'node',
    target: 'node20',
    external: ['@aws-sdk/*', ...(withCastore ? [] : ['@castore/*'])],
    logLevel: 'silent',
  });
  return { path, remove: () => rmSync(folder, { recursive: true }) };
};
