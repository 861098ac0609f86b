import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..');

/** The README of a folder, counted from the root of the repository. */
export const readReadme = (folder: string): string => readFileSync(join(ROOT, folder, 'README.md'), 'utf8');

/** The page of a package on the site: what its README has no room for. */
export const readPage = (name: string): string => readFileSync(join(ROOT, 'docs', 'packages', `${name}.md`), 'utf8');

/** The code of every block of a language in a text of Markdown, in order. */
export const codeBlocks = (markdown: string, language: string): string[] =>
  [...markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, of, code]) => (of === language && code ? [code] : []));
