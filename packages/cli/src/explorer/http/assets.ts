import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The page as `npm run build` made it, the same folder for the sources and for what is published. */
const FOLDER = join(
  dirname(createRequire(import.meta.url).resolve('@castore-dynamodb/cli/package.json')),
  'dist',
  'page',
);

const TYPES: Readonly<Record<string, string>> = {
  '/page.html': 'text/html; charset=utf-8',
  '/page.js': 'text/javascript; charset=utf-8',
  '/page.css': 'text/css; charset=utf-8',
  '/icon.svg': 'image/svg+xml',
};

export interface Asset {
  readonly type: string;
  readonly content: Buffer;
}

/** A file of the page; undefined for any other path. All views of the page are one document. */
export const assetAt = async (path: string): Promise<Asset | undefined> => {
  const type = TYPES[path];
  return type === undefined ? undefined : { type, content: await readFile(join(FOLDER, path)) };
};
