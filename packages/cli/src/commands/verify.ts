import { announceReading } from '../connection/announceReading.js';
import { UsageError } from '../errors.js';
import { EXIT_CODES, type ExitCode } from '../exitCodes.js';
import { Comparison, type Side } from '../transfer/comparison.js';
import { SEGMENTS } from '../transfer/exportEvents.js';
import { type IdMapping, mapIds } from '../transfer/idMapping.js';
import { type ImportSource, openSource } from '../transfer/importSource.js';
import type { StoredEvent } from '../transfer/storedEvent.js';
import { readTable } from '../transfer/tableReader.js';
import { openTable, type TransferTable } from '../transfer/transferTable.js';
import type { CommandContext, RegisterCommand } from './command.js';
import { sourceOptions } from './sourceOptions.js';
import {
  announcement,
  type MappingOptions,
  readMapping,
  type TargetOptions,
  targetClient,
  withMappingOptions,
  withStoreOption,
  withTargetOptions,
} from './transferOptions.js';

interface VerifyOptions extends MappingOptions, TargetOptions {}

export const verifyCommand: RegisterCommand = add =>
  withMappingOptions(
    withTargetOptions(
      withStoreOption(
        add({
          usage: 'verify [source]',
          description: 'compare two tables, or an export and a table, by the count and hash of each aggregate',
          example: 'verify --table events --to-table restored',
          work: verify,
        }),
      ),
    ),
  );

const verify = async (
  context: CommandContext,
  location: string | undefined,
  options: VerifyOptions,
): Promise<ExitCode | void> => {
  const { session, printer, folder, signal } = context;
  if ((location === undefined) === (options.toTable === undefined)) {
    throw new UsageError('What is to be compared with --table? Give an export or --to-table, and not both.');
  }
  const mapping = await readMapping(folder, options);
  const mapped = options.store?.map(store => mapping.eventStores.get(store) ?? store);
  const comparison = new Comparison();
  let compared = 0;
  const add = async (side: Side, event: StoredEvent): Promise<void> => {
    await comparison.add(side, event);
    printer.progress.report(`${(compared += 1)} events compared`);
  };

  try {
    if (location !== undefined) {
      const table = await openTable(await session.client(), await session.tableName(), mapped);
      const source = await openSource(location, sourceOptions(context, options.store));
      await announceReading([table], announcement(context));
      await addSource(source, mapping, add, signal);
      await addTable(table, mapped, signal, event => add('actual', event));
    } else {
      const client = await targetClient(context, options);
      const expected = await openTable(await session.client(), await session.tableName(), options.store);
      const actual = await openTable(client, String(options.toTable), mapped);
      await announceReading([expected, actual], announcement(context));
      await addTable(expected, options.store, signal, event => add('expected', mapIds(mapping, event)));
      await addTable(actual, mapped, signal, event => add('actual', event));
    }
    printer.progress.clear();
    return await report(context, comparison);
  } finally {
    await comparison.remove();
  }
};

const addSource = async (
  source: ImportSource,
  mapping: IdMapping,
  add: (side: Side, event: StoredEvent) => Promise<void>,
  signal: AbortSignal,
): Promise<void> => {
  for await (const entry of source.entries()) {
    signal.throwIfAborted();
    if (typeof entry !== 'string') await add('expected', mapIds(mapping, entry));
  }
};

const addTable = (
  table: TransferTable,
  eventStores: readonly string[] | undefined,
  signal: AbortSignal,
  add: (event: StoredEvent) => Promise<void>,
): Promise<void> =>
  readTable(
    table,
    { eventStores: eventStores && new Set(eventStores), places: Array(SEGMENTS).fill(undefined), signal },
    async ({ events }) => {
      for (const event of events) await add(event);
    },
  );

const report = async ({ printer }: CommandContext, comparison: Comparison): Promise<ExitCode | void> => {
  const totals = async function* () {
    for (const total of await comparison.totals()) {
      const { eventStoreId, expected, actual } = total;
      const isEqual = expected.events === actual.events && expected.hash === actual.hash;
      yield {
        data: { ...total, isEqual },
        cells: [
          eventStoreId,
          isEqual ? 'equal' : 'different',
          `${expected.events} / ${actual.events}`,
          `${expected.aggregates} / ${actual.aggregates}`,
          isEqual ? actual.hash.slice(0, 16) : `${expected.hash.slice(0, 16)} / ${actual.hash.slice(0, 16)}`,
        ],
      };
    }
  };
  await printer.rows(['event store', '', 'events', 'aggregates', 'hash'], totals());

  const differences = async function* () {
    for await (const difference of comparison.differences()) {
      const { eventStoreId, aggregateId, kind, expected, actual } = difference;
      yield { data: { ...difference }, cells: [eventStoreId, aggregateId, kind, `${expected} / ${actual}`] };
    }
  };
  const count = await printer.rows(['event store', 'aggregate', '', 'events'], differences());
  if (count === 0) {
    printer.note('No difference.');
    return undefined;
  }
  printer.note(`${count} aggregates differ.`);
  return EXIT_CODES.findings;
};
