import type * as Sdk from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';

import type * as AdapterPackage from '../../src/index.js';
import type * as ScanModule from '../../src/read/decodeEventsFast.js';
import type * as QueryModule from '../../src/read/eventsQueryCommand.js';

/** The oldest version that is supported, the last ones before larger changes on the way of a request, and today's. */
const OLDER_SDKS = {
  '3.363': () => require('client-dynamodb-3.363') as typeof Sdk,
  '3.927': () => require('client-dynamodb-3.927') as typeof Sdk,
};
const loadTodaysSdk = () => jest.requireActual<typeof Sdk>('@aws-sdk/client-dynamodb');

/** The adapter's sources, loaded anew over a version of the SDK. */
export interface LoadedAdapter {
  sdk: typeof Sdk;
  adapter: typeof AdapterPackage;
  query: typeof QueryModule;
  /** How many pages the fast way was asked to read since the last call, and how many it read. */
  scannedPages: () => { asked: number; read: number };
}

const loadAdapter = (loadSdk: () => typeof Sdk): LoadedAdapter => {
  let loaded: LoadedAdapter | undefined;
  jest.isolateModules(() => {
    const pages = { asked: 0, read: 0 };
    jest.doMock('@aws-sdk/client-dynamodb', loadSdk);
    jest.doMock('../../src/read/decodeEventsFast.js', () => {
      const actual = jest.requireActual<typeof ScanModule>('../../src/read/decodeEventsFast.js');
      return {
        ...actual,
        *decodePartsFast(...args: Parameters<typeof actual.decodePartsFast>): Generator<EventDetail[], void> {
          pages.asked++;
          yield* actual.decodePartsFast(...args);
          pages.read++;
        },
      };
    });
    loaded = {
      sdk: require('@aws-sdk/client-dynamodb') as typeof Sdk,
      adapter: require('../../src/index.js') as typeof AdapterPackage,
      query: require('../../src/read/eventsQueryCommand.js') as typeof QueryModule,
      scannedPages: () => {
        const { asked, read } = pages;
        pages.asked = 0;
        pages.read = 0;
        return { asked, read };
      },
    };
  });
  return loaded as LoadedAdapter;
};

type Tests = (loaded: LoadedAdapter) => void;

export const describeOnTodaysSdk = (name: string, tests: Tests): void =>
  describe(`${name} on today's SDK`, () => tests(loadAdapter(loadTodaysSdk)));

export const describeOnEverySdk = (name: string, tests: Tests): void => {
  for (const [version, loadSdk] of Object.entries(OLDER_SDKS)) {
    describe(`${name} on SDK ${version}`, () => tests(loadAdapter(loadSdk)));
  }
  describeOnTodaysSdk(name, tests);
};

type Add = Sdk.DynamoDBClient['middlewareStack']['add'];

/** Gives a middleware of a client another name, as a later version of the SDK might. */
export const renameMiddleware = ({ middlewareStack }: Sdk.DynamoDBClient, name: string): void => {
  const entries: Parameters<Add>[] = [];
  const add = (...entry: Parameters<Add>): void => void entries.push(entry);
  middlewareStack.applyToStack({ add, addRelativeTo: () => {} } as unknown as typeof middlewareStack);

  const entry = entries.find(([, options]) => options?.name === name);
  if (entry === undefined) throw new Error(`There is no middleware named ${name}.`);
  const [middleware, options] = entry;
  middlewareStack.remove(name);
  (middlewareStack.add as (...args: unknown[]) => void)(middleware, { ...options, name: `${name}OfTomorrow` });
};
