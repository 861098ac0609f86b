import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';

const PACKAGES = join(__dirname, '..', 'packages');
const ADAPTER = join(PACKAGES, 'adapter');

export interface Bundle {
  /** A CommonJS module; everything but our own packages is imported from where the adapter is. */
  path: string;
  remove: () => void;
}

export interface BundleOptions {
  minify?: boolean;
  /** What to export; all else is left out. Everything, by default. */
  names?: string[];
}

/** The adapter's sources as one file, for programs that run outside of Jest, and to be weighed. */
export const bundleAdapter = async ({ minify = false, names }: BundleOptions = {}): Promise<Bundle> => {
  const cache = join(ADAPTER, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'bundle-'));
  const path = join(folder, 'adapter.cjs');
  const exported = names === undefined ? '*' : `{ ${names.join()} }`;
  await build({
    stdin: { contents: `export ${exported} from './src/index.js'`, resolveDir: ADAPTER },
    alias: { '@castore-dynamodb/table': join(PACKAGES, 'table', 'src', 'index.ts') },
    outfile: path,
    bundle: true,
    minify,
    platform: 'node',
    target: 'node20',
    external: ['@aws-sdk/*', '@castore/*'],
    logLevel: 'silent',
  });
  return { path, remove: () => rmSync(folder, { recursive: true }) };
};
