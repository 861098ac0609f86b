import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { types } from 'node:util';

import {
  checkClient,
  checkObject,
  checkOptions,
  checkString,
  describeErrorInWords,
  InvalidArgumentError,
  memberOf,
  type OptionNames,
  refuse,
} from '@castore-dynamodb/commons';

import { UsageError } from '../errors.js';
import type { CastoreDynamoDbConfig } from './defineConfig.js';

/** In the folder in which the command is run. */
const FILE_NAMES = ['ts', 'mts', 'mjs', 'js', 'cjs'].map(extension => `castore-dynamodb.config.${extension}`);

const NAMES = {
  eventStores: true,
  projections: true,
  tableName: true,
  dynamoDbClient: true,
} satisfies OptionNames<CastoreDynamoDbConfig>;

/** The default export of a file of the user's, or its `module.exports`; TypeScript without a build step. */
export const loadModule = async (folder: string, file: string): Promise<unknown> => {
  const { createJiti } = await import('jiti');
  const jiti = createJiti(pathToFileURL(`${folder}/`).href, { interopDefault: false });
  const loaded = await whileAlive(jiti.import(file));
  if (!isModule(loaded)) return loaded;
  const { default: exported } = loaded;
  if (exported === undefined) throw new TypeError('It has no default export.');
  // What was compiled to CommonJS, and loaded as the default of that.
  return isModule(exported) && exported.default !== undefined ? exported.default : exported;
};

const isModule = (value: unknown): value is { readonly default?: unknown } =>
  types.isModuleNamespaceObject(value) || memberOf(value, '__esModule') === true;

/** Nothing settles a promise any more for which an idle process waits. */
const whileAlive = async <RESULT>(work: Promise<RESULT>): Promise<RESULT> => {
  let onIdle = (): void => {};
  const idle = new Promise<never>((_, reject) => {
    onIdle = () => reject(new TypeError('It waits for something that never comes: look for a top-level await.'));
  });
  process.once('beforeExit', onIdle);
  try {
    return await Promise.race([work, idle]);
  } finally {
    process.removeListener('beforeExit', onIdle);
  }
};

/**
 * Loads the configuration, TypeScript without a build step; an empty one if there is no file and none was asked for.
 *
 * @throws UsageError
 */
export const loadConfig = async (folder: string, path: string | undefined): Promise<CastoreDynamoDbConfig> => {
  const file =
    path === undefined ? FILE_NAMES.map(name => resolve(folder, name)).find(existsSync) : resolve(folder, path);
  if (file === undefined) return {};
  if (!existsSync(file)) throw new UsageError(`There is no configuration at ${file}.`);
  try {
    const config = (await loadModule(folder, file)) as CastoreDynamoDbConfig;
    check(config);
    return config;
  } catch (cause) {
    // Node lists the files that lead to a missing module below the sentence.
    const [reason] = describeErrorInWords(cause).split('\nRequire stack:');
    throw new UsageError(`The configuration ${file} cannot be used. ${reason}`, { cause });
  }
};

const check = (config: CastoreDynamoDbConfig): void => {
  checkOptions(config, 'config', NAMES);
  if (config.tableName !== undefined) checkString(config.tableName, 'config.tableName');
  if (config.dynamoDbClient !== undefined) checkClient(config.dynamoDbClient, 'config.dynamoDbClient');
  checkElements(config.eventStores, 'eventStores', 'eventStoreId', ['getEvents', 'getEventStorageAdapter']);
  checkElements(config.projections, 'projections', 'name', ['listParked', 'retryParked']);
};

/** Each is known to commands by its id. */
const checkElements = (
  elements: readonly unknown[] | undefined,
  name: 'eventStores' | 'projections',
  id: string,
  methods: readonly string[],
): void => {
  if (elements === undefined) return;
  if (!Array.isArray(elements)) refuse(`config.${name}`, `an array of ${name}`, elements);
  const ids = elements.map((element, at) => {
    checkObject(element, `config.${name}[${at}]`);
    const value = (element as Record<string, unknown>)[id];
    checkString(value, `config.${name}[${at}].${id}`);
    if (!methods.every(method => typeof memberOf(element, method) === 'function')) {
      const made = name === 'projections' ? 'what projection or dynamoDbProjection returns' : 'an EventStore';
      refuse(`config.${name}[${at}]`, made, element);
    }
    return value;
  });
  if (new Set(ids).size < ids.length) throw new InvalidArgumentError(`config.${name}`, `two have the same ${id}.`);
};
