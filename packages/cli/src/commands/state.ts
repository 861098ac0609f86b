import { formatPath, parseInstant } from '@castore-dynamodb/commons';

import { UsageError } from '../errors.js';
import { fromExactJson, toExactJson } from '../output/exactJson.js';
import { payloadCell, shapeOf } from '../output/payloads.js';
import type { Row } from '../output/printer.js';
import { aggregatesAt, type PointInTime } from '../state/aggregateAt.js';
import { type Difference, differencesBetween } from '../state/differences.js';
import { shownState } from '../state/plainState.js';
import type { CommandContext, RegisterCommand } from './command.js';
import { positiveInteger } from './options.js';

export interface StateOptions {
  readonly version?: number | undefined;
  readonly at?: string | undefined;
  readonly diff?: string | undefined;
}

export const stateCommand: RegisterCommand = add =>
  add({
    usage: 'state <store> <aggregate>',
    description: 'show the state of an aggregate, by the reducer of the configuration',
    example: 'state POKEMONS pikachu1 --at 2026-11-27T10:00',
    work: state,
  })
    .option('--version <version>', 'as it was at this version', positiveInteger)
    .option('--at <instant>', 'as it was at this instant')
    .option('--diff <versionOrInstant>', 'what changed since then, member by member');

/** Shows an aggregate as the configuration's reducer makes it: now, at a version, at a time, or what changed since then. */
const state = async (
  { session, printer, options, signal }: CommandContext,
  eventStoreId: string,
  aggregateId: string,
  { version, at, diff }: StateOptions,
): Promise<void> => {
  const point = pointOf(version, at);
  const earlier = diff === undefined ? undefined : parsePoint(diff);
  const { eventStores = [] } = await session.config();
  if (!eventStores.some(each => each.eventStoreId === eventStoreId)) {
    throw new UsageError(
      `The state of an aggregate needs a reducer: castore-dynamodb.config.ts with the event store ${eventStoreId}.`,
    );
  }
  if (options.table !== undefined) {
    throw new UsageError('--table reads events as they are stored, without a reducer: leave it out to see states.');
  }
  const eventStore = await session.eventStore(eventStoreId);
  const points = earlier === undefined ? [point] : [point, earlier];
  const [aggregate, before] = await aggregatesAt(eventStore, aggregateId, points);
  signal.throwIfAborted();
  if (aggregate === undefined) {
    printer.note(`No such aggregate ${aggregateId} in ${eventStoreId}, or not yet.`);
    return;
  }
  if (earlier !== undefined) {
    const differences = differencesBetween(shownState(before ?? {}, false), shownState(aggregate, false));
    const count = await printer.rows(['member', 'before', 'after'], rowsOf(differences, options.redact));
    if (count === 0) printer.note('Nothing differs.');
    return;
  }
  const shown = fromShown(shownState(aggregate, options.redact));
  if (printer.isJson) return printer.json(shown);
  for (const [name, value] of Object.entries(shown as object)) await printer.text(`${name}: ${toExactJson(value)}`);
};

const pointOf = (version: number | undefined, at: string | undefined): PointInTime => {
  if (version !== undefined && at !== undefined) throw new UsageError('Give --version or --at, not both.');
  if (version !== undefined) return { version };
  return at === undefined ? 'now' : { instant: parseInstant(at, '--at') };
};

/** A whole number is a version, also one that could be a year. */
const parsePoint = (text: string): PointInTime =>
  /^[1-9]\d*$/.test(text) ? { version: Number(text) } : { instant: parseInstant(text, '--diff') };

/** What `shownState` made is exact JSON already; printing makes it of values. */
const fromShown = (value: unknown): unknown => (value === undefined ? undefined : fromExactJson(JSON.stringify(value)));

async function* rowsOf(differences: Iterable<Difference>, isRedacted: boolean): AsyncGenerator<Row> {
  const shown = (value: unknown): unknown => (isRedacted ? shapeOf(fromShown(value)) : fromShown(value));
  for (const difference of differences) {
    const [before, after] = [shown(difference.before), shown(difference.after)];
    yield {
      // A member that is undefined is left out of JSON.
      data: { path: difference.path, kind: difference.kind, before, after },
      cells: [nameOf(difference.path), payloadCell(before, 'cut'), payloadCell(after, 'cut')],
    };
  }
}

/** `items[2].price` */
const nameOf = (path: readonly string[]): string =>
  formatPath(path.map(step => (/^(?:0|[1-9]\d*)$/.test(step) ? Number(step) : step)));
