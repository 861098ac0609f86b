import { join } from 'node:path';

import { build } from 'esbuild';

export const SDKS = { today: '@aws-sdk/client-dynamodb', '3.927': 'client-dynamodb-3.927' } as const;

export type SdkName = keyof typeof SDKS;

/** The worker's program as one file, over a version of the SDK: every contender then uses that version. */
export const bundleWorker = async (benchFolder: string, sdk: SdkName): Promise<string> => {
  const outfile = join(benchFolder, 'dist', `worker-${sdk}.cjs`);
  await build({
    entryPoints: [join(benchFolder, 'src', 'worker', 'worker.ts')],
    absWorkingDir: benchFolder,
    alias: SDKS[sdk] === SDKS.today ? {} : { [SDKS.today]: SDKS[sdk] },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  });
  return outfile;
};
