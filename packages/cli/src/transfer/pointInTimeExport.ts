import { type TableItem, unpackStoredValue } from '@castore-dynamodb/adapter';
import { EVENT_TABLE_EVENT_STORE_ID_KEY, EVENT_TABLE_IS_INITIAL_EVENT_KEY } from '@castore-dynamodb/table';

import { UsageError } from '../errors.js';
import { UnreadableExportError } from './errors.js';
import type { ExportFolder } from './exportFolder.js';
import { linesOf, unzipped } from './lines.js';
import { fromItem, type OtherItem, type Placement, type StoredEvent } from './storedEvent.js';

/*
 * A point-in-time export of DynamoDB to S3: `manifest-summary.json`, `manifest-files.json` with a line for each file, and files
 * with a line for each item, `{"Item":{"aggregateId":{"S":"…"},…}}`, packed by gzip.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
 */

interface Summary {
  readonly outputFormat?: unknown;
  readonly exportType?: unknown;
  readonly itemCount?: unknown;
  readonly manifestFilesS3Key?: unknown;
}

interface DataFile {
  readonly path: string;
  readonly itemCount: number;
  readonly md5: string | undefined;
}

/** @throws UnreadableExportError; UsageError if it has to be said which event store the table held */
export async function* pointInTimeExport(
  folder: ExportFolder,
  eventStores: readonly string[] | undefined,
  signal: AbortSignal,
): AsyncGenerator<StoredEvent | OtherItem> {
  const files = await dataFilesOf(folder);
  let placement: Placement | undefined;
  // Until the first event of an aggregate has come, which tells the layout.
  const waiting: TableItem[] = [];
  for (const file of files) {
    for await (const item of itemsOf(folder, file)) {
      signal.throwIfAborted();
      placement ??= placementOf(item, eventStores);
      if (placement === undefined) {
        waiting.push(item);
        continue;
      }
      while (waiting.length > 0) yield fromItem(placement, waiting.shift() as TableItem);
      yield fromItem(placement, item);
    }
  }
  if (waiting.length > 0)
    refuse(folder, 'no aggregate in it has a first event: it is not an export of an event table.');
}

const refuse = (folder: ExportFolder, reason: string, cause?: unknown): never => {
  throw new UnreadableExportError(folder.name, reason, { cause });
};

const placementOf = (item: TableItem, eventStores: readonly string[] | undefined): Placement | undefined => {
  if (item[EVENT_TABLE_EVENT_STORE_ID_KEY]?.S !== undefined) return { layout: 'single-table' };
  if (item[EVENT_TABLE_IS_INITIAL_EVENT_KEY]?.N === undefined) return undefined;
  const [eventStoreId, ...others] = eventStores ?? [];
  if (eventStoreId === undefined || others.length > 0) {
    throw new UsageError(
      'The export is of a table that held one event store and does not say which: name it with --store.',
    );
  }
  return { layout: 'table-per-store', eventStoreId };
};

const dataFilesOf = async (folder: ExportFolder): Promise<DataFile[]> => {
  const [summary] = (await jsonLinesOf(folder, 'manifest-summary.json', true)) as [Summary | undefined];
  if (summary === undefined) return refuse(folder, 'its manifest-summary.json is empty.');
  const { outputFormat, exportType = 'FULL_EXPORT', itemCount } = summary;
  if (outputFormat !== 'DYNAMODB_JSON') {
    refuse(folder, `its format is ${String(outputFormat)}: export with the format DYNAMODB_JSON.`);
  }
  if (exportType !== 'FULL_EXPORT') refuse(folder, `it is of the type ${String(exportType)}: make a full export.`);
  const files = ((await jsonLinesOf(folder, 'manifest-files.json', false)) as Record<string, unknown>[]).map(file => ({
    path: `data/${String(file['dataFileS3Key']).split('/').at(-1)}`,
    itemCount: Number(file['itemCount']),
    md5: typeof file['md5Checksum'] === 'string' ? file['md5Checksum'] : undefined,
  }));
  const count = files.reduce((sum, file) => sum + file.itemCount, 0);
  if (typeof itemCount === 'number' && itemCount !== count) {
    refuse(folder, `its manifests differ: ${itemCount} items in the one, ${count} in the files of the other.`);
  }
  return files;
};

const jsonLinesOf = async (folder: ExportFolder, path: string, isOne: boolean): Promise<unknown[]> => {
  let text = '';
  try {
    for await (const piece of (await folder.read(path)) ?? []) text += Buffer.from(piece).toString('latin1');
    text = Buffer.from(text, 'latin1').toString();
    return (isOne ? [text] : text.split('\n'))
      .filter(line => line.trim() !== '')
      .map(line => JSON.parse(line) as unknown);
  } catch (error) {
    const { code, name } = error as { code?: unknown; name?: unknown };
    if (code === 'ENOENT' || name === 'NoSuchKey') return refuse(folder, `it has no ${path}.`, error);
    if (error instanceof SyntaxError) return refuse(folder, `its ${path} is not JSON.`, error);
    throw error;
  }
};

async function* itemsOf(folder: ExportFolder, { path, itemCount, md5 }: DataFile): AsyncGenerator<TableItem> {
  const refuseFile = (reason: string, cause?: unknown): never => refuse(folder, `its file ${path} ${reason}`, cause);
  let count = 0;
  try {
    const bytes = await folder.read(path, md5);
    if (bytes === undefined) return refuseFile('was changed or is cut: its MD5 is not the one in the manifest.');
    for await (const { text } of linesOf(unzipped(bytes))) {
      if (text.trim() === '') continue;
      count += 1;
      yield itemOf(text);
    }
  } catch (error) {
    const { code, name } = error as { code?: unknown; name?: unknown };
    if (code === 'ENOENT' || name === 'NoSuchKey') return refuseFile('is missing.', error);
    if (String(code).startsWith('Z_') || name === 'InexactValueError' || error instanceof SyntaxError) {
      return refuseFile('cannot be read.', error);
    }
    throw error;
  }
  if (count !== itemCount) refuseFile(`has ${count} items, and ${itemCount} by its manifest.`);
}

const itemOf = (line: string): TableItem => {
  const { Item: item } = JSON.parse(line) as { Item?: unknown };
  const { M: members } = unpackStoredValue(Buffer.from(JSON.stringify({ M: item })));
  if (members === undefined) throw new SyntaxError('It is not a line of an export.');
  return members;
};
