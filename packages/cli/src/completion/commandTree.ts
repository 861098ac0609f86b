import type { Command, Option } from 'commander';

/** An option as a shell has to know it. */
export interface OptionNode {
  readonly long: string;
  readonly short: string | undefined;
  readonly description: string;
  readonly takesValue: boolean;
  /** What its value may be, if that is known. */
  readonly choices: readonly string[];
  /** Whether its value is a file. */
  readonly isFile: boolean;
}

/** A command as a shell has to know it. The program itself has the empty path. */
export interface CommandNode {
  /** `table print` */
  readonly path: string;
  readonly description: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  /** Its own, and those of the program. */
  readonly options: readonly OptionNode[];
}

/** The program and all of its commands, which other commands come after. */
export const commandTree = (program: Command): CommandNode[] => nodesOf(program, [], []);

const nodesOf = (command: Command, path: readonly string[], inherited: readonly OptionNode[]): CommandNode[] => {
  const help = command.createHelp();
  const own = help
    .visibleOptions(command)
    .filter(({ long }) => long !== undefined && long !== '--help')
    .map(optionNode);
  const options = [...own, ...inherited.filter(({ long }) => own.every(each => each.long !== long))];
  const commands = help.visibleCommands(command).filter(each => each.name() !== 'help');
  const node = {
    path: path.join(' '),
    description: command.description(),
    commands: commands.map(each => ({ name: each.name(), description: each.description() })),
    options,
  };
  return [node, ...commands.flatMap(each => nodesOf(each, [...path, each.name()], options))];
};

const optionNode = (option: Option): OptionNode => ({
  long: option.long ?? '',
  short: option.short,
  description: option.description,
  takesValue: option.required || option.optional,
  choices: option.argChoices ?? [],
  isFile: /<(?:file|path)>/.test(option.flags),
});
