import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describeErrorInWords } from '@castore-dynamodb/commons';
import { type Command, InvalidArgumentError as InvalidOption } from 'commander';

import { loadModule } from '../config/loadConfig.js';
import { UsageError } from '../errors.js';
import { Checkpoint } from '../transfer/checkpoint.js';
import type { IdMapping, MapAggregateId } from '../transfer/idMapping.js';
import type { CommandContext } from './command.js';
import { list } from './options.js';

export interface StoreOptions {
  readonly store?: readonly string[] | undefined;
}

export interface MappingOptions extends StoreOptions {
  readonly mapStore?: ReadonlyMap<string, string> | undefined;
  readonly mapIds?: string | undefined;
}

export interface TargetOptions {
  readonly toTable?: string | undefined;
  readonly toProfile?: string | undefined;
  readonly toRegion?: string | undefined;
  readonly toEndpointUrl?: string | undefined;
}

export interface CheckpointOptions {
  readonly checkpoint?: string | undefined;
}

export const CHECKPOINT_OPTION = [
  '--checkpoint <file>',
  'a file for its progress: the same command goes on from there',
] as const;

/** The checkpoint of a transfer; undefined if `--checkpoint` is not given. */
export const transferCheckpoint = <PROGRESS>(
  folder: string,
  { checkpoint, store, mapIds }: MappingOptions & CheckpointOptions,
  mapping: IdMapping,
  transfer: Readonly<Record<string, unknown>>,
): Checkpoint<PROGRESS> | undefined =>
  checkpoint === undefined
    ? undefined
    : new Checkpoint<PROGRESS>(resolve(folder, checkpoint), {
        ...transfer,
        stores: store ?? null,
        mapStore: [...mapping.eventStores],
        mapIds: mapIds ?? null,
      });

/** Which event stores are moved. */
export const withStoreOption = (command: Command): Command =>
  command.option(
    '-s, --store <stores>',
    'only these event stores, separated by commas; needed for a table per store',
    list,
  );

export const withMappingOptions = (command: Command): Command =>
  command
    .option('--map-store <A=B>', 'store the events of A under the name B; may be repeated', addPair)
    .option(
      '--map-ids <file>',
      'other ids for aggregates: JSON by store, {"A":{"old":"new"}}, or a module with a function',
    );

export const withTargetOptions = (command: Command): Command =>
  command
    .option('--to-table <name>', 'the other table')
    .option('--to-profile <name>', 'of the other table (default: that of the first)')
    .option('--to-region <region>', 'of the other table (default: that of the first)')
    .option('--to-endpoint-url <url>', 'of the other table (default: that of the first)');

const addPair = (text: string, before: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> => {
  const [, from, to] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (from === undefined || to === undefined) throw new InvalidOption('Expected A=B.');
  return new Map([...before, [from, to]]);
};

/** The client of the other table: that of the first one, unless something else is said of it. */
export const targetClient = async (
  { session, options }: Pick<CommandContext, 'session' | 'options'>,
  { toProfile, toRegion, toEndpointUrl }: TargetOptions,
): Promise<DynamoDBClient> => {
  if (toProfile === undefined && toRegion === undefined && toEndpointUrl === undefined) return session.client();
  const { profile, region, endpointUrl } = options;
  return session.otherClient({
    profile: toProfile ?? profile,
    region: toRegion ?? region,
    endpointUrl: toEndpointUrl ?? endpointUrl,
  });
};

/** @throws UsageError */
export const readMapping = async (folder: string, { mapStore, mapIds }: MappingOptions): Promise<IdMapping> => ({
  eventStores: mapStore ?? new Map(),
  ...(mapIds !== undefined && { mapAggregateId: await loadMapping(folder, mapIds) }),
});

const loadMapping = async (folder: string, path: string): Promise<MapAggregateId> => {
  const file = resolve(folder, path);
  try {
    if (!file.endsWith('.json')) {
      const mapping = await loadModule(folder, file);
      if (typeof mapping === 'function') return mapping as MapAggregateId;
      throw new TypeError('Its default export is not a function.');
    }
    return mappingOf(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new UsageError(`The mapping --map-ids ${file} cannot be used. ${describeErrorInWords(cause)}`, { cause });
  }
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const mappingOf = (json: unknown): MapAggregateId => {
  const mappings = new Map<string, Map<string, string>>();
  if (!isObject(json)) throw new TypeError('Expected {"STORE":{"old":"new"}}.');
  for (const [eventStoreId, ids] of Object.entries(json)) {
    if (!isObject(ids)) throw new TypeError('Expected {"STORE":{"old":"new"}}.');
    const entries = Object.entries(ids);
    if (entries.some(([, id]) => typeof id !== 'string')) throw new TypeError('Expected {"STORE":{"old":"new"}}.');
    const mapping = new Map(entries as [string, string][]);
    if (new Set(mapping.values()).size < mapping.size) throw new TypeError(`Two ids of ${eventStoreId} become one.`);
    mappings.set(eventStoreId, mapping);
  }
  return ({ eventStoreId, aggregateId }) => mappings.get(eventStoreId)?.get(aggregateId);
};

/** For `announceReading`. */
export const announcement = ({ printer, options: { maxReadUnits } }: Pick<CommandContext, 'printer' | 'options'>) => ({
  printer,
  maxReadUnits,
});
