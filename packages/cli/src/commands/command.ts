import type { ConnectionOptions, Session } from '../connection/session.js';
import type { ExitCode } from '../exitCodes.js';
import type { Printer } from '../output/printer.js';

/** The options that every command takes. */
export interface GlobalOptions extends ConnectionOptions {
  readonly json: boolean;
  readonly redact: boolean;
  readonly maxReadUnits: number;
}

/** What a command is given beside its own arguments. */
export interface CommandContext {
  readonly session: Session;
  readonly printer: Printer;
  readonly options: GlobalOptions;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Resolves with what the process ends with, if that is not 0. */
export type CommandWork = (context: CommandContext) => Promise<ExitCode | void>;
