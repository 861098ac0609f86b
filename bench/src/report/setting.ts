import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';

const PEERS = [
  '@castore/event-storage-adapter-dynamodb',
  '@castore/core',
  '@equinox-js/dynamo-store',
  'event-store-adapter-js',
  '@aws-sdk/client-dynamodb',
  '@aws-sdk/lib-dynamodb',
];

/** Processes that wanted a processor in the last minute, on average; always 0 on Windows, which does not count them. */
export const currentLoad = (): number => loadavg()[0] ?? 0;

/** What ran, and on what. */
export const settingOf = (benchFolder: string, engine: string, load: number): [name: string, version: string][] => [
  ['Node', process.version],
  ['machine', `${process.platform} ${process.arch}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}`],
  ['engine', engine],
  ['load', `${load.toFixed(1)} processes before the run (its own come in addition)`],
  ...PEERS.map((name): [string, string] => {
    const manifest = readFileSync(join(benchFolder, 'node_modules', name, 'package.json'), 'utf8');
    return [name, (JSON.parse(manifest) as { version: string }).version];
  }),
];
