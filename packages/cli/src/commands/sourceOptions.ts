import { resolve } from 'node:path';

import { UsageError } from '../errors.js';
import type { SourceOptions } from '../transfer/importSource.js';
import type { CommandContext } from './command.js';

/** How a source of events is opened: from where the command was started, as who it runs. */
export const sourceOptions = (
  { terminal, folder, signal, options: { region, profile } }: CommandContext,
  eventStores: readonly string[] | undefined,
): SourceOptions => ({
  eventStores,
  stdin: terminal.stdin,
  resolvePath: path => resolve(folder, path),
  signal,
  loadS3Client: async () => {
    const { S3Client, GetObjectCommand } = await loadS3();
    const s3Client = new S3Client({
      ...(region !== undefined && { region }),
      ...(profile !== undefined && { profile }),
      // A bucket of a local server has no name of a host.
      ...((terminal.env.AWS_ENDPOINT_URL_S3 ?? terminal.env.AWS_ENDPOINT_URL) !== undefined && {
        forcePathStyle: true,
      }),
    });
    return { s3Client, GetObjectCommand };
  },
});

const loadS3 = async (): Promise<typeof import('@aws-sdk/client-s3')> => {
  try {
    return await import('@aws-sdk/client-s3');
  } catch (cause) {
    throw new UsageError('This needs the package @aws-sdk/client-s3, which cannot be loaded: install it.', { cause });
  }
};
