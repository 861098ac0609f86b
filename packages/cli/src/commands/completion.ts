import { Argument, type Command } from 'commander';

import { bashScript, zshScript } from '../completion/bash.js';
import { type CommandNode, commandTree } from '../completion/commandTree.js';
import { fishScript } from '../completion/fish.js';
import type { RegisterCommand } from './command.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

type Shell = (typeof SHELLS)[number];

const SCRIPTS: Readonly<Record<Shell, (program: string, nodes: readonly CommandNode[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

export const completionCommand: RegisterCommand = add => {
  const command: Command = add({
    usage: 'completion',
    description: 'print the script with which a shell completes commands and options',
    example: 'completion bash >> ~/.bashrc',
    work: ({ printer }, shell: Shell) => {
      const program = command.parent ?? command;
      return printer.document(SCRIPTS[shell](program.name(), commandTree(program)));
    },
  }).addArgument(new Argument('<shell>').choices(SHELLS));
  return command;
};
