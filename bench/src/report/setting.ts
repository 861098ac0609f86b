import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';

const PEERS = [
  '@castore/event-storage-adapter-dynamodb',
  '@castore/core',
  '@equinox-js/dynamo-store',
  'event-store-adapter-js',
  '@aws-sdk/client-dynamodb',
];

/** What ran, and on what. */
export const settingOf = (benchFolder: string, engine: string): [name: string, version: string][] => [
  ['Node', process.version],
  ['machine', `${process.platform} ${process.arch}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}`],
  ['engine', engine],
  ...PEERS.map((name): [string, string] => {
    const manifest = readFileSync(join(benchFolder, 'node_modules', name, 'package.json'), 'utf8');
    return [name, (JSON.parse(manifest) as { version: string }).version];
  }),
];
