import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type DynamoDbProjection, dynamoDbProjection } from '@castore-dynamodb/streams';

import type { FileEvent, FileEventStore } from '../fileEventStore.js';

/** What an author did to the files. */
export interface AuthorView {
  /** Events. */
  changes: number;
  linesAdded: number;
  linesRemoved: number;
}

/** What is in a folder and the folders in it. */
export interface FolderView {
  /** Events, also of files that are no longer there. */
  changes: number;
  files: number;
  lines: number;
}

export interface FileViews {
  authors: DynamoDbProjection<AuthorView>;
  folders: DynamoDbProjection<FolderView>;
}

/** The key of the view of all authors together. */
export const ALL_AUTHORS = 'all';

/** A name may be empty, and a key may not. */
export const authorKey = (author: string): string => `by ${author}`;

/** The key of the view of the whole repository. */
export const TOP_FOLDER = '.';

/** An event touches a view for each folder above its file, and a transaction has a limit: deeper ones have no view. */
const MAX_DEPTH = 20;

/** The folders that a file lies in, from the top of the repository down. */
export const foldersOf = (aggregateId: string): string[] => {
  const names = aggregateId.split('/').slice(0, -1);
  const folders = names.map((_, index) => names.slice(0, index + 1).join('/')).filter(folder => folder !== '');
  return [TOP_FOLDER, ...folders.slice(0, MAX_DEPTH)];
};

const NEW_AUTHOR: AuthorView = { changes: 0, linesAdded: 0, linesRemoved: 0 };
const NEW_FOLDER: FolderView = { changes: 0, files: 0, lines: 0 };

const FILES_MORE = { FILE_ADDED: 1, FILE_CHANGED: 0, FILE_DELETED: -1 } as const;

const addToAuthor = (view: AuthorView, { payload }: FileEvent): AuthorView => ({
  changes: view.changes + 1,
  linesAdded: view.linesAdded + payload.linesAdded,
  linesRemoved: view.linesRemoved + payload.linesRemoved,
});

const addToFolder = (view: FolderView, { type, payload }: FileEvent): FolderView => ({
  changes: view.changes + 1,
  files: view.files + FILES_MORE[type],
  lines: view.lines + payload.linesAdded - payload.linesRemoved,
});

/**
 * Two read models of the files' events: lines by author, and files by folder. Other files' events come in any order, so
 * both only add up.
 *
 * @param kind Sets views apart that are made of the same events in another way.
 */
export const createFileViews = (
  fileEventStore: FileEventStore,
  { kind, tableName, dynamoDbClient }: { kind: string; tableName: string; dynamoDbClient: DynamoDBClient },
): FileViews => {
  const options = { eventStores: [fileEventStore], tableName, dynamoDbClient };
  return {
    authors: dynamoDbProjection({
      ...options,
      name: `authors-${kind}`,
      initialView: NEW_AUTHOR,
      key: ({ payload }) => [ALL_AUTHORS, authorKey(payload.author)],
      project: { FILE_ADDED: addToAuthor, FILE_CHANGED: addToAuthor, FILE_DELETED: addToAuthor },
    }),
    folders: dynamoDbProjection({
      ...options,
      name: `folders-${kind}`,
      initialView: NEW_FOLDER,
      key: ({ aggregateId }) => foldersOf(aggregateId),
      project: { FILE_ADDED: addToFolder, FILE_CHANGED: addToFolder, FILE_DELETED: addToFolder },
    }),
  };
};
