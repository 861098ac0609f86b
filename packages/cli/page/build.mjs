// Makes dist/page, which the explorer serves as it is: nothing is built or downloaded when it starts.
import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const folder = fileURLToPath(new URL('.', import.meta.url));
const outdir = fileURLToPath(new URL('../dist/page', import.meta.url));

await build({
  entryPoints: { page: `${folder}main.tsx` },
  outdir,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'eof',
  logLevel: 'warning',
});
for (const file of ['page.html', 'page.css', 'icon.svg']) cpSync(folder + file, `${outdir}/${file}`);
