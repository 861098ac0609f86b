import { buildSync } from 'esbuild';

import type { StandardSchema } from '../src/index.js';

interface Arktype {
  type: (definition: object) => StandardSchema;
}

/** Arktype is there as ESM only, which Jest cannot load: as CommonJS. */
export const loadArktype = (): Arktype => {
  const { outputFiles } = buildSync({
    stdin: { contents: "export { type } from 'arktype';", resolveDir: __dirname },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    write: false,
  });
  const module = { exports: {} as Arktype };
  // oxlint-disable-next-line typescript/no-implied-eval
  new Function('module', outputFiles[0]?.text ?? '')(module);
  return module.exports;
};
