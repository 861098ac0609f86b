import { parseArgs } from 'node:util';

import { UserError } from './userError.js';

export interface Options {
  repo: string;
  endpoint?: string;
  table?: string;
  keep: boolean;
}

export const HELP = `Usage: npm run demo -- [options]

Imports the history of a git repository as events into DynamoDB, reads every
file back from them, and holds it against git.

  --repo PATH       the repository, or a folder in it (default: this one)
  --endpoint URL    the DynamoDB to use (default: one that is started here)
  --table NAME      the table; created where there is none
  --keep            leave the table when done
  --help            show this
`;

/** @returns undefined where help is asked for. @throws UserError, with exit code 2, for what is no such option. */
export const parseOptions = (args: string[]): Options | undefined => {
  const { help, repo = '.', endpoint, table, keep = false } = parse(args);
  if (help) return undefined;
  if (endpoint !== undefined && !isHttpUrl(endpoint)) {
    throw usageError(`--endpoint takes an http or https URL, not "${endpoint}".`);
  }
  if (keep && endpoint === undefined && !process.env.DYNAMODB_ENDPOINT) {
    throw usageError('--keep needs --endpoint: a DynamoDB that is started here ends with the demo, its tables too.');
  }
  return { repo, keep, ...(endpoint !== undefined && { endpoint }), ...(table !== undefined && { table }) };
};

const parse = (args: string[]) => {
  try {
    return parseArgs({
      args,
      options: {
        repo: { type: 'string' },
        endpoint: { type: 'string' },
        table: { type: 'string' },
        keep: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    const [problem] = (error as Error).message.split(/\.?$|\. |\.?\n/, 1);
    throw usageError(`${problem}.`);
  }
};

const isHttpUrl = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

const usageError = (problem: string) => new UserError(`${problem} See --help.`, { exitCode: 2 });
