import { join } from 'node:path';

import { build } from 'esbuild';

const ENTRY = join(__dirname, '..', '..', 'src', 'client', 'index.ts');

/** The client as a browser gets it, small, as `window.live`. It would fail if the client needed anything of Node's. */
export const bundleClient = async (): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    bundle: true,
    write: false,
    minify: true,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    globalName: 'live',
    logLevel: 'silent',
  });
  return outputFiles[0]?.text as string;
};
