import type { Command } from 'commander';

import { createProgram } from '../../src/program.js';

/** A command with the arguments of the example in its help. */
export interface Example {
  /** `table print` */
  readonly name: string;
  readonly argv: readonly string[];
}

/** Every command that there is, so that a new one is tested by the tests of all. */
export const examples = (): Example[] => leavesOf(createProgram(async () => {})).map(exampleOf);

const leavesOf = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);

const exampleOf = (command: Command): Example => {
  const names: string[] = [];
  for (let each: Command | null = command; each?.parent; each = each.parent) names.unshift(each.name());
  const name = names.join(' ');
  const help = helpOf(command);
  const [, line] = /\nExample:\n {2}castore-dynamodb (.*)/.exec(help) ?? [];
  if (line === undefined) throw new Error(`The help of ${name} has no example: ${help}`);
  return { name, argv: withoutTable(wordsOf(line)) };
};

const helpOf = (command: Command): string => {
  let help = '';
  command.configureOutput({ writeOut: text => (help += text) });
  command.outputHelp();
  return help;
};

/** As a shell splits them, up to a pipe or a redirection. */
const wordsOf = (line: string): string[] => {
  const words = [...line.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
  const end = words.findIndex(word => /^(?:\||<|>{1,2})/.test(word));
  return end === -1 ? words : words.slice(0, end);
};

/** Tests have tables of their own. */
const withoutTable = (words: readonly string[]): string[] =>
  words.filter((word, at) => !isTable(word) && !isTable(words[at - 1]));

const isTable = (word: string | undefined): boolean => word === '--table' || word === '-t';
