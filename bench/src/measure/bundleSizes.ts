import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';

import type { Row } from '../report/rows.js';

const CASTORE = "export * from '@castore/event-storage-adapter-dynamodb'";
const OURS = `export {
  DynamoDbEventStorageAdapter,
  DynamoDbSingleTableEventStorageAdapter,
  formatEventForTransaction,
  pushEventsTransaction,
} from '@castore-dynamodb/adapter'`;

/** Castore's adapter has the SDK's `util-dynamodb` encode and decode values; ours does so itself. */
const CONTENDERS: readonly [contender: string, contents: string, external: string][] = [
  ["Castore's adapter", CASTORE, '@aws-sdk/*'],
  ["Castore's adapter, with util-dynamodb", CASTORE, '@aws-sdk/client-dynamodb'],
  ['ours', OURS, '@aws-sdk/*'],
];

const sizeOf = async (benchFolder: string, contents: string, external: string): Promise<number> => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: benchFolder },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: [external, '@castore/core'],
    write: false,
    logLevel: 'error',
  });
  return gzipSync(outputFiles[0]?.contents ?? '').length;
};

/** Both adapters with groups, transactions and listings, minified and compressed, without the SDK's client and Castore. */
export const measureBundles = async (benchFolder: string): Promise<Row[]> => {
  const sizes: number[] = [];
  for (const [, contents, external] of CONTENDERS) sizes.push(await sizeOf(benchFolder, contents, external));
  return CONTENDERS.map(([contender], index) => ({
    section: 'In a bundle',
    title: 'both adapters, minified, gzip, without the SDK and Castore',
    contender,
    value: `${((sizes[index] ?? 0) / 1024).toFixed(1)} KB`,
    ratio: index === 0 ? '1' : ((sizes[index] ?? 0) / (sizes[0] ?? 1)).toFixed(2),
    goal: contender === 'ours' ? '≤ 11 KB' : '',
    isMet: contender === 'ours' ? (sizes[index] ?? 0) <= 11 * 1024 : undefined,
  }));
};
