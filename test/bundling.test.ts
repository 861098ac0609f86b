import { join } from 'node:path';

import { readPage } from '@castore-dynamodb/testing/codeBlocks';
import { build } from 'esbuild';

const PACKAGES = join(__dirname, '..', 'packages');
const sourceOf = (name: string): string => join(PACKAGES, name, 'src', 'index.ts');

const PROJECTOR = `
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventStore, EventType } from '@castore/core';
import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { createStreamHandler, dynamoDbProjection } from '@castore-dynamodb/streams';

const dynamoDbClient = new DynamoDBClient({});
const pokemons = new EventStore({
  eventStoreId: 'POKEMONS',
  eventTypes: [new EventType({ type: 'CAUGHT' })],
  reducer: (_, { aggregateId, version }) => ({ aggregateId, version }),
  eventStorageAdapter: new DynamoDbSingleTableEventStorageAdapter({ tableName: 'events', dynamoDbClient }),
});
const view = dynamoDbProjection({
  name: 'pokemons',
  eventStores: [pokemons],
  tableName: 'views',
  dynamoDbClient,
  initialView: { count: 0 },
  key: ({ aggregateId }) => aggregateId,
  project: { CAUGHT: ({ count }) => ({ count: count + 1 }) },
});
export const handler = createStreamHandler({ projections: [view] });
`;

/** What others' packages take of the function that NodejsFunction of the CDK would upload, in kB. */
const weigh = async (mainFields?: string[]): Promise<{ castore: number; sdk: number }> => {
  const { metafile } = await build({
    stdin: { contents: PROJECTOR, loader: 'ts', resolveDir: join(PACKAGES, 'streams') },
    alias: Object.fromEntries(
      ['adapter', 'commons', 'streams', 'table'].map(name => [`@castore-dynamodb/${name}`, sourceOf(name)]),
    ),
    bundle: true,
    minify: true,
    metafile: true,
    write: false,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    logLevel: 'silent',
    ...(mainFields && { mainFields }),
  });
  const weights = { castore: 0, sdk: 0 };
  for (const [path, { bytesInOutput }] of Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs),
  )) {
    // Castore brings the helpers that Babel compiled it with.
    if (/node_modules\/@(castore|babel)\//.test(path)) weights.castore += bytesInOutput / 1000;
    else if (path.includes('node_modules')) weights.sdk += bytesInOutput / 1000;
  }
  return weights;
};

describe('the sizes on the page of the CDK construct', () => {
  const written = (row: RegExp): number[] => {
    const [, without, withFields] = row.exec(readPage('cdk-construct')) ?? [];
    return [Number(without), Number(withFields)];
  };

  it.each([
    ['castore', /^\| Castore .*\| (\d+) kB \| (\d+) kB \|$/m],
    ['sdk', /^\| the AWS SDK.*\| (\d+) kB \| (\d+) kB \|$/m],
  ] as const)('are what %s takes of a bundle', async (what, row) => {
    const [without, withFields] = [await weigh(), await weigh(['module', 'main'])];
    // Rounded: the SDK's part differs by a kilobyte with what else is installed.
    for (const [index, size] of [without[what], withFields[what]].entries()) {
      expect(Math.abs(size - (written(row)[index] as number))).toBeLessThan(5);
    }
  });
});
