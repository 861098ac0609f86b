import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import {
  checkClient,
  checkObject,
  checkOptions,
  checkString,
  describeErrorInWords,
  InvalidArgumentError,
  type OptionNames,
  refuse,
} from '@castore-dynamodb/commons';
import { createJiti } from 'jiti';

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

/** The default export of a file of the user's, TypeScript without a build step. */
export const loadModule = (folder: string, file: string): Promise<unknown> =>
  createJiti(pathToFileURL(`${folder}/`).href).import(file, { default: true });

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
    throw new UsageError(`The configuration ${file} cannot be used. ${describeErrorInWords(cause)}`, { cause });
  }
};

const check = (config: CastoreDynamoDbConfig): void => {
  checkOptions(config, 'config', NAMES);
  if (config.tableName !== undefined) checkString(config.tableName, 'config.tableName');
  if (config.dynamoDbClient !== undefined) checkClient(config.dynamoDbClient, 'config.dynamoDbClient');
  checkElements(config.eventStores, 'eventStores', 'eventStoreId');
  checkElements(config.projections, 'projections', 'name');
};

/** Each is known to commands by its id. */
const checkElements = (
  elements: readonly unknown[] | undefined,
  name: 'eventStores' | 'projections',
  id: string,
): void => {
  if (elements === undefined) return;
  if (!Array.isArray(elements)) refuse(`config.${name}`, `an array of ${name}`, elements);
  const ids = elements.map((element, at) => {
    checkObject(element, `config.${name}[${at}]`);
    const value = (element as Record<string, unknown>)[id];
    checkString(value, `config.${name}[${at}].${id}`);
    return value;
  });
  if (new Set(ids).size < ids.length) throw new InvalidArgumentError(`config.${name}`, `two have the same ${id}.`);
};
