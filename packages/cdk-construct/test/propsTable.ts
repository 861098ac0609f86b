import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The props of one interface in one source file, as the README's table shows them. */
export const propsTable = (file: string, name: string): string => {
  const source = readFileSync(join(__dirname, '..', 'src', file), 'utf8');
  const body = new RegExp(`export interface ${name} \\{\\n(.*?)\\n\\}`, 's').exec(source)?.[1];
  if (body === undefined) throw new Error(`${file} has no interface ${name}.`);

  const rows = [...body.matchAll(/\/\*\*(.*?)\*\/\s*readonly (\w+)(\??): (.*?);\n?/gs)].map(
    ([, comment = '', prop, optional, type = '']) => {
      const [text = '', fallback] = comment
        .replaceAll(/^\s*\* ?/gm, '')
        .split('@default')
        .map(part => part.trim().replaceAll(/\s+/g, ' '));
      if ((optional === '?') !== (fallback !== undefined))
        throw new Error(`${name}.${prop}: optional without a default.`);
      return [`\`${prop}\``, `\`${type.replaceAll('|', '\\|')}\``, inWords(fallback), text];
    },
  );
  const members = body.split('\n').filter(line => /^ {2}\w/.test(line));
  if (rows.length !== members.length) throw new Error(`${name} has a member that is undocumented, or not readonly.`);

  return [['prop', 'type', 'default', 'meaning'], ['---', '---', '---', '---'], ...rows]
    .map(cells => `| ${cells.join(' | ')} |`)
    .join('\n');
};

/** CDK's convention: a default is code, or prose after a dash. */
const inWords = (fallback: string | undefined): string => {
  if (fallback === undefined) return 'required';
  return fallback.startsWith('- ') ? fallback.slice(2) : `\`${fallback}\``;
};
