import { randomUUID } from 'node:crypto';

import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { EndpointClientConfig, EngineName } from '@castore-dynamodb/local';

import { isSoak } from './preset.js';

/** One of the real DynamoDB engines that the tests run on. */
export interface TestEngine {
  name: string;
  engine: EngineName;
  endpoint: string;
  /** What a client of it needs; complete, so that no environment leads it elsewhere. */
  clientConfig: EndpointClientConfig;
  /** A new client of this engine; destroyed after the tests of the block. */
  client: (config?: Partial<DynamoDBClientConfig>) => DynamoDBClient;
}

/** What Jest's global set-up tells the workers about an engine, in the environment variable below. */
export type EngineReport = { engine: EngineName } & (
  | { endpoint: string; clientConfig: EndpointClientConfig }
  | { missing: string }
);

const REPORTS = JSON.parse(process.env.CASTORE_DYNAMODB_TEST_ENGINES ?? '[]') as EngineReport[];

const DISPLAY_NAMES: Record<EngineName, string> = { 'dynamodb-local': 'DynamoDB Local', dynoxide: 'Dynoxide' };

const describeOnEngine = (engine: Omit<TestEngine, 'client'>, tests: (engine: TestEngine) => void): void => {
  const clients: DynamoDBClient[] = [];

  tests({
    ...engine,
    client: config => {
      const client = new DynamoDBClient({ ...engine.clientConfig, ...config });
      clients.push(client);

      return client;
    },
  });
  // After the hooks of the tests, which may need a client to tidy up.
  afterAll(() => {
    for (const client of clients) client.destroy();
  });
};

/**
 * Runs the tests on every engine that this machine has, each in a block of its own. An engine that it does not have
 * shows as one skipped test whose title says why; a machine without any engine fails.
 */
export const describeOnEveryEngine = (
  name: string,
  tests: (engine: TestEngine) => void,
  isWanted: (engine: EngineName) => boolean = () => true,
): void => {
  for (const report of REPORTS) {
    if (isThere(report) && !isWanted(report.engine)) continue;
    const engineName = DISPLAY_NAMES[report.engine];
    describe(`${name} on ${engineName}`, () => {
      if ('missing' in report) it.skip(`skipped: ${report.missing}`, () => undefined);
      else describeOnEngine({ name: engineName, ...report }, tests);
    });
  }

  if (!REPORTS.some(isThere)) failWithoutEngine(name);
};

/** Runs the tests on the fastest engine that this machine has: for what no engine has to do with, and takes time. */
export const describeOnOneEngine = (name: string, tests: (engine: TestEngine) => void): void => {
  const report = REPORTS.findLast(isThere);
  if (report === undefined) failWithoutEngine(name);
  else describe(name, () => describeOnEngine({ name: DISPLAY_NAMES[report.engine], ...report }, tests));
};

/** On one engine within `npm test`, on every one in the soak run: for what has little to do with the engine, and takes time. */
export const describeOnSomeEngine: typeof describeOnEveryEngine = (name, tests) =>
  isSoak ? describeOnEveryEngine(name, tests) : describeOnOneEngine(name, tests);

const isThere = (report: EngineReport): report is Exclude<EngineReport, { missing: string }> => 'endpoint' in report;

/** Those that this machine has. */
export const ENGINES: readonly EngineName[] = REPORTS.filter(isThere).map(({ engine }) => engine);

const failWithoutEngine = (name: string): void => {
  it(`${name} on an engine`, () => {
    throw new Error(`There is no engine to test on: ${JSON.stringify(REPORTS)}`);
  });
};

/** A table name that no other test, file or worker uses. */
export const uniqueTableName = (prefix = 'test'): string => `${prefix}-${randomUUID()}`;
