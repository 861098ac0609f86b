import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { build } from 'esbuild';

export type ProgramName =
  | 'firstReadCastore'
  | 'firstReadOurs'
  | 'firstReadSdk'
  | 'listing'
  | 'projecting'
  | 'readyCastore'
  | 'readyOurs'
  | 'readySdk';

/** A program of this folder as one file, bundled and minified as for a Lambda function. */
export const bundleProgram = async (benchFolder: string, name: ProgramName): Promise<string> => {
  const outfile = join(benchFolder, 'dist', `${name}.cjs`);
  await build({
    entryPoints: [join(benchFolder, 'src', 'programs', `${name}.ts`)],
    absWorkingDir: benchFolder,
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  });
  return outfile;
};

/** Runs it in a fresh process; the JSON that it prints. */
export const runProgram = <RESULT>(file: string, ...args: readonly (number | string)[]): Promise<RESULT> =>
  run([file, ...args.map(String)]);

/** The same with so much memory for objects that live long, beyond which Node ends the process. */
export const runProgramWithin = <RESULT>(
  megabytes: number,
  file: string,
  ...args: readonly (number | string)[]
): Promise<RESULT> => run([`--max-old-space-size=${megabytes}`, file, ...args.map(String)]);

const run = async <RESULT>(args: readonly string[]): Promise<RESULT> => {
  const env = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  return JSON.parse(stdout) as RESULT;
};
