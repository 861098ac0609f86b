import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Block {
  name: string;
  /** The value of an argument, as it stands in the file; of one that takes several lines, the first. */
  argument: (name: string) => string | undefined;
}

const blocksIn = (folder: string, file: string, kind: string): Block[] => {
  const source = readFileSync(join(folder, file), 'utf8');
  const opened = source.split('\n').filter(line => line.startsWith(`${kind} `)).length;
  const blocks = [...source.matchAll(new RegExp(`^${kind} "(\\w+)" \\{\\n(.*?)\\n\\}`, 'gms'))].map(
    ([, name = '', body = '']) => ({
      name,
      argument: (argument: string) => new RegExp(`^  ${argument} += (.*)$`, 'm').exec(body)?.[1],
    }),
  );
  if (blocks.length !== opened) throw new Error(`${file} has a ${kind} that could not be read.`);

  return blocks;
};

const textOf = ({ name, argument }: Block): string => {
  const description = argument('description');
  if (description === undefined) throw new Error(`${name} has no description.`);

  return JSON.parse(description) as string;
};

const typeOf = ({ name, argument }: Block): string => {
  const type = argument('type');
  if (type === undefined) throw new Error(`${name} has no type.`);

  return type.startsWith('list(object(') ? 'list(object)' : type.replace(/^object\(.*/, 'object');
};

const table = (rows: string[][]): string => rows.map(cells => `| ${cells.join(' | ')} |`).join('\n');

/** The variables of a module, which may be in several files: `variables.tf`, `variables_capacity.tf`. */
const inputsOf = (folder: string): Block[] =>
  readdirSync(folder)
    .filter(file => /^variables.*\.tf$/.test(file))
    .toSorted()
    .flatMap(file => blocksIn(folder, file, 'variable'));

/** A module's variables as its README's table shows them. */
export const inputsTable = (folder: string): string =>
  table([
    ['input', 'type', 'default', 'meaning'],
    ['---', '---', '---', '---'],
    ...inputsOf(folder).map(variable => {
      const fallback = variable.argument('default');
      return [
        `\`${variable.name}\``,
        `\`${typeOf(variable)}\``,
        fallback ? `\`${fallback}\`` : 'required',
        textOf(variable),
      ];
    }),
  ]);

/** A module's outputs as its README's table shows them. */
export const outputsTable = (folder: string): string =>
  table([
    ['output', 'meaning'],
    ['---', '---'],
    ...blocksIn(folder, 'outputs.tf', 'output').map(output => [`\`${output.name}\``, textOf(output)]),
  ]);
