import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

import { UsageError } from '../errors.js';
import { type ExportFolder, localFolder, s3Folder } from './exportFolder.js';
import { readExport } from './exportFormat.js';
import { linesOf, unzipped } from './lines.js';
import { pointInTimeExport } from './pointInTimeExport.js';
import type { OtherItem, StoredEvent } from './storedEvent.js';

/** What events are imported from, or compared with. */
export interface ImportSource {
  /** What errors and checkpoints call it. */
  readonly name: string;
  /** Only when the last one was given is it known that it is whole and unchanged. @throws UnreadableExportError */
  entries(): AsyncIterable<StoredEvent | OtherItem>;
}

export interface SourceOptions {
  /** Those that were asked for; with a table per store, the one that it held. */
  readonly eventStores?: readonly string[] | undefined;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly resolvePath: (path: string) => string;
  readonly loadS3Client: () => Promise<Parameters<typeof s3Folder>[0]>;
  readonly signal: AbortSignal;
}

/**
 * An export of this command, as a file or `-` for standard input; or an export of DynamoDB to S3, as the folder that has its
 * `manifest-summary.json`, here or at `s3://…`.
 *
 * @throws UsageError
 */
export const openSource = async (location: string, options: SourceOptions): Promise<ImportSource> => {
  const { stdin, resolvePath, loadS3Client, eventStores, signal } = options;
  const ofFile = (name: string, open: () => AsyncIterable<Uint8Array>): ImportSource => ({
    name,
    entries: () => chosen(readExport(linesOf(unzipped(open())), name), eventStores),
  });
  const ofFolder = (folder: ExportFolder): ImportSource => ({
    name: folder.name,
    entries: () => chosen(pointInTimeExport(folder, eventStores, signal), eventStores),
  });

  if (location === '-') return ofFile('standard input', () => bytesOf(stdin));
  if (location.startsWith('s3://')) return ofFolder(s3Folder(await loadS3Client(), location, signal));
  const path = resolvePath(location.replace(/[/\\]?manifest-summary\.json$/, '') || '.');
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new UsageError(`There is no export at ${path}.`);
  return found.isDirectory() ? ofFolder(localFolder(path)) : ofFile(path, () => createReadStream(path));
};

async function* bytesOf(pieces: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield typeof piece === 'string' ? Buffer.from(piece) : piece;
}

async function* chosen(
  entries: AsyncIterable<StoredEvent | OtherItem>,
  eventStores: readonly string[] | undefined,
): AsyncGenerator<StoredEvent | OtherItem> {
  const wanted = eventStores && new Set(eventStores);
  for await (const entry of entries) {
    if (typeof entry === 'string' || wanted?.has(entry.eventStoreId) !== false) yield entry;
  }
}
