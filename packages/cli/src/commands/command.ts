import type { Command } from 'commander';

import type { ConnectionOptions, Session } from '../connection/session.js';
import type { ExitCode } from '../exitCodes.js';
import type { Printer, Terminal } from '../output/printer.js';

/** The options that every command takes. */
export interface GlobalOptions extends ConnectionOptions {
  readonly json: boolean;
  readonly redact: boolean;
  readonly maxReadUnits: number;
  /** Of a command that writes: without it, the command says what it would do. */
  readonly write?: boolean;
}

/** What a command is given beside its own arguments. */
export interface CommandContext {
  readonly session: Session;
  readonly printer: Printer;
  readonly options: GlobalOptions;
  /** For what is asked and read; printing is the printer's. */
  readonly terminal: Terminal;
  /** In which the command was started. */
  readonly folder: string;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Resolves with what the process ends with, if that is not 0. */
export type CommandWork = (context: CommandContext) => Promise<ExitCode | void>;

/** How a command, once its arguments are parsed, is run. */
export type Runner = (options: GlobalOptions, work: CommandWork) => Promise<void>;

/** What a command is, but for its options. */
export interface CommandDefinition {
  /** Its name and its arguments: `events <store> <aggregate>`. */
  readonly usage: string;
  readonly description: string;
  /** Without the name of the program: `events POKEMONS pikachu1 --reverse`. */
  readonly example: string;
  /** Whether it changes anything: then it has the option `--write`. */
  readonly writes?: boolean;
  /** Gets the context, the arguments in their order, and the options. */
  readonly work: (context: CommandContext, ...parsed: never[]) => ReturnType<CommandWork>;
}

/** Adds a command to its parent; its options are added to what this returns. */
export type AddCommand = (definition: CommandDefinition) => Command;

/** A file of this folder exports one for each of its commands. */
export type RegisterCommand = (add: AddCommand) => void;

/** A command that has commands: `table describe`, `table print`. */
export interface CommandGroup {
  readonly name: string;
  readonly description: string;
  readonly commands: readonly RegisterCommand[];
}
