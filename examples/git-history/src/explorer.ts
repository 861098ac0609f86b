import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { EndpointClientConfig } from '@castore-dynamodb/local';

import { UserError } from './userError.js';

const require = createRequire(import.meta.url);
const COMMAND = join(dirname(require.resolve('@castore-dynamodb/cli/package.json')), 'dist', 'esm', 'main.js');

const CONFIG = ['js', 'ts']
  .map(extension => fileURLToPath(new URL(`castore-dynamodb.config.${extension}`, import.meta.url)))
  .find(existsSync) as string;

export interface OpenExplorer {
  url: string;
  close: () => Promise<void>;
}

export interface ExplorerTarget {
  clientConfig: EndpointClientConfig;
  tableName: string;
  hasSnapshots: boolean;
}

/** The command `castore-dynamodb explorer` on the demo's table, as somebody would start it who has the configuration beside this file. */
export const openExplorer = async (
  { clientConfig, tableName, hasSnapshots }: ExplorerTarget,
  ...args: string[]
): Promise<OpenExplorer> => {
  const { endpoint, region, credentials } = clientConfig;
  const child = spawn(process.execPath, [COMMAND, 'explorer', '--config', CONFIG, '--json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      GIT_HISTORY_TABLE: tableName,
      GIT_HISTORY_SNAPSHOTS: hasSnapshots ? '1' : '',
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_ENDPOINT_URL_DYNAMODB_STREAMS: endpoint,
      ...(region !== undefined && { AWS_REGION: region }),
      ...(credentials && {
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      }),
    },
  });
  const ended = once(child, 'close');
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', text => (errors += text));
  const firstLine = new Promise<string>(resolve => {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', text => {
      output += text;
      if (output.includes('\n')) resolve(output);
    });
  });
  const line = await Promise.race([firstLine, ended.then(() => undefined)]);
  if (line === undefined) throw new UserError(`The explorer could not be started. ${errors}`, { exitCode: 1 });
  const { url } = JSON.parse(line) as { url: string };
  return {
    url,
    close: async () => {
      child.kill('SIGINT');
      await ended;
    },
  };
};
