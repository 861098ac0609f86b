import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createEventTable, deleteEventTable, type EventTableLayout } from '@castore-dynamodb/adapter';
import type { EngineName } from '@castore-dynamodb/local';
import {
  describeOnEveryEngine,
  type EngineReport,
  type TestEngine,
  uniqueTableName,
} from '@castore-dynamodb/testing/engines';
import { layoutsOn } from '@castore-dynamodb/testing/eventTables';

import { describeEventStorageAdapter } from '../src/index.js';
import type { TestedDynamoDbAdapter } from './testedAdapters.js';

/** The tables of one adapter: one for all its event stores or one for each, as the layout says. */
const tablesOf = (layout: EventTableLayout) => {
  const names = new Map<string, string>();
  const created = new Map<string, { client: DynamoDBClient; tableName: string; ready: Promise<unknown> }>();
  const nameFor = (eventStoreId: string): string => {
    const key = layout === 'single-table' ? 'all' : eventStoreId;
    const name = names.get(key) ?? uniqueTableName('conformance');
    names.set(key, name);
    return name;
  };

  return {
    /** Creates the table of the event store if this place does not have it; its name is the same in every place. */
    tableFor: async (client: DynamoDBClient, place: string, eventStoreId: string): Promise<string> => {
      const tableName = nameFor(eventStoreId);
      const key = `${place} ${tableName}`;
      const table = created.get(key) ?? {
        client,
        tableName,
        ready: createEventTable(client, { tableName, layout }),
      };
      created.set(key, table);
      await table.ready;
      return tableName;
    },
    deleteAll: async (): Promise<void> => {
      await Promise.all(
        [...created.values()].map(async ({ client, tableName }) => deleteEventTable(client, { tableName })),
      );
    },
  };
};

/** An engine that shares nothing with this one, if the machine has a second one. */
const findOtherEndpoint = ({ endpoint }: TestEngine): string | undefined =>
  (JSON.parse(process.env.CASTORE_DYNAMODB_TEST_ENGINES ?? '[]') as EngineReport[])
    .flatMap(report => ('endpoint' in report ? [report.endpoint] : []))
    .find(other => other !== endpoint);

/**
 * Runs the contract over each of the adapters: within `npm test` those of one layout on one engine, and those of the other
 * on the other one; in the soak run, each on every engine.
 */
export const describeDynamoDbAdapters = (adapters: readonly TestedDynamoDbAdapter[]): void => {
  const testedOn = (engine: EngineName): readonly TestedDynamoDbAdapter[] =>
    adapters.filter(({ layout }) => layoutsOn({ engine }, 'in turns').includes(layout));
  const testsOn = (engine: TestEngine): void => {
    describe.each(testedOn(engine.engine))('$name of $package', ({ layout, createAdapter, knownFailures }) => {
      const tables = tablesOf(layout);
      const open =
        (client: DynamoDBClient, place: string) =>
        async ({ eventStoreId }: { eventStoreId: string }) =>
          createAdapter(await tables.tableFor(client, place, eventStoreId), client);
      const otherEndpoint = findOtherEndpoint(engine);

      afterAll(() => tables.deleteAll());
      describeEventStorageAdapter('keeps the contract', {
        createAdapter: open(engine.client(), 'here'),
        ...(otherEndpoint === undefined
          ? {}
          : { createAdapterElsewhere: open(engine.client({ endpoint: otherEndpoint }), 'elsewhere') }),
        knownFailures: [...knownFailures.always, ...(knownFailures.only?.[engine.engine] ?? [])],
      });
    });
  };
  describeOnEveryEngine('adapters', testsOn, engine => testedOn(engine).length > 0);
};
