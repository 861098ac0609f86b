import { parseArgs } from 'node:util';

import { UserError } from './userError.js';

export interface Options {
  repo: string;
  endpoint?: string;
  table?: string;
  keep: boolean;
  snapshots: boolean;
  views: boolean;
  live: boolean;
  explorer: boolean;
  transformations: boolean;
  timeTravel?: TimeTravel;
}

/** A file at a time: what is asked of git and of the event store at the end. */
export interface TimeTravel {
  /** The file's path from the top of the repository. */
  file: string;
  /** ISO 8601. */
  at: string;
}

export const HELP = `Usage: npm run demo -- [options]

Imports the history of a git repository as events into DynamoDB, reads every
file back from them, and holds it against git.

  --repo PATH       the repository, or a folder in it (default: this one)
  --endpoint URL    the DynamoDB to use (default: one that is started here)
  --table NAME      the table; created if there is none
  --keep            leave the table when done; a DynamoDB that is started here
                    stays until Ctrl-C
  --snapshots       take snapshots of files that change often, and read from them
  --views           build read models of the events, live while they are written
                    and again by replay
  --live            show the events in a browser as they are written
  --explorer        show the events, states and differences in a browser at the end
  --transformations encrypt authors, keep large events in a local S3, write some
                    in an older shape; then forget an author
  --file PATH       show how many lines this file had …
  --at DATE         … at this time (default: now), and hold that against git
  --help            show this
`;

/** @returns undefined if help is asked for. @throws UserError, with exit code 2, for what is no such option. */
export const parseOptions = (args: string[]): Options | undefined => {
  const { help, repo, endpoint, table, keep, snapshots, views, live, explorer, transformations, file, at } =
    parse(args);
  if (help) return undefined;
  if (endpoint !== undefined && !isHttpUrl(endpoint)) {
    throw usageError(`--endpoint takes an http or https URL, not "${endpoint}".`);
  }
  if (keep && transformations) {
    throw usageError(
      '--keep and --transformations: keys and large events end with the demo, so the table is not left.',
    );
  }
  const timeTravel = parseTimeTravel(file, at);
  return {
    repo,
    keep,
    snapshots,
    views,
    live,
    explorer,
    transformations,
    ...(endpoint !== undefined && { endpoint }),
    ...(table !== undefined && { table }),
    ...(timeTravel !== undefined && { timeTravel }),
  };
};

const parseTimeTravel = (file: string | undefined, at: string | undefined): TimeTravel | undefined => {
  if (file === undefined) {
    if (at === undefined) return undefined;
    throw usageError('--at needs --file: the file to look at.');
  }
  return { file: file.replace(/^\.\//, ''), at: at === undefined ? new Date().toISOString() : parseTime(at) };
};

/** Without a time zone it is UTC: JavaScript would take a time for one of this machine's zone. */
const parseTime = (at: string): string => {
  const instant = Date.parse(/T[\d:.]+$/.test(at) ? `${at}Z` : at);
  // JavaScript takes the 30th of February for the 2nd of March, and `7` for a month.
  const day = Date.parse(`${at.slice(0, 10)}Z`);
  if (
    /^\d{4}-\d\d-\d\d/.test(at) &&
    !Number.isNaN(instant) &&
    new Date(day).toISOString().startsWith(at.slice(0, 10))
  ) {
    return new Date(instant).toISOString();
  }
  throw usageError(`--at takes a date such as 2026-01-31 or 2026-01-31T12:00Z, not "${at}".`);
};

const parse = (args: string[]) => {
  try {
    return parseArgs({
      args,
      options: {
        repo: { type: 'string', default: '.' },
        endpoint: { type: 'string' },
        table: { type: 'string' },
        keep: { type: 'boolean', default: false },
        snapshots: { type: 'boolean', default: false },
        views: { type: 'boolean', default: false },
        live: { type: 'boolean', default: false },
        explorer: { type: 'boolean', default: false },
        transformations: { type: 'boolean', default: false },
        file: { type: 'string' },
        at: { type: 'string' },
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
