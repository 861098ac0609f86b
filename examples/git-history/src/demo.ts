import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { resolve } from 'node:path';

import { type Database, openDatabase } from './database.js';
import { renderExample } from './example.js';
import { openExplorer } from './explorer.js';
import type { FileEventStore } from './fileEventStore.js';
import { type FileEventStoreWithSnapshots, withFileSnapshots, withoutFileSnapshots } from './fileSnapshots.js';
import { readFiles, wasEverThere } from './git/readFiles.js';
import { readHistory } from './git/readHistory.js';
import { openRepository, type Repository } from './git/repository.js';
import { importHistory } from './importHistory.js';
import type { LivePage } from './livePage.js';
import { lookAround, whatIsLeft } from './lookAround.js';
import type { Options, TimeTravel } from './options.js';
import { startProgress } from './progress.js';
import { formatNumber } from './render.js';
import { meterRequests, type OperationCost } from './requestMeter.js';
import { explainSummary, renderSummary } from './summary.js';
import { openEventTable } from './tables.js';
import type { FileTransformations } from './transformations/fileTransformations.js';
import { travelInTime } from './travelInTime.js';
import { UserError } from './userError.js';
import { verifyFiles } from './verifyFiles.js';
import type { DemoViews } from './views/demoViews.js';

/**
 * Imports a repository's history into DynamoDB, reads it back and holds it against git. What only an option needs is loaded
 * if that is given, so that the demo starts fast.
 *
 * @returns whether all of it was as git has it.
 */
export const runDemo = async (
  options: Options,
  output: NodeJS.WritableStream,
  signal: AbortSignal,
): Promise<boolean> => {
  const repository = await openRepository(options.repo, signal);
  const { timeTravel } = options;
  await checkTimeTravel(timeTravel, repository, signal);
  const database = await openDatabase(options.endpoint);
  const { description, dynamoDbClient } = database;
  let transformed: FileTransformations | undefined;
  try {
    const costs = meterRequests(dynamoDbClient);
    const tableName = options.table ?? `git-history-${randomUUID()}`;
    if (options.transformations) {
      const { openFileTransformations } = await import('./transformations/fileTransformations.js');
      transformed = await openFileTransformations(dynamoDbClient, tableName);
    }
    const { fileEventStore, remove } = await openEventTable(dynamoDbClient, tableName, {
      stream: [options.views, options.live, options.explorer].some(Boolean),
      ...(transformed && { transformations: transformed.transformations }),
    });
    const files = options.snapshots
      ? withFileSnapshots(fileEventStore, tableName, dynamoDbClient)
      : withoutFileSnapshots(fileEventStore);
    let views: DemoViews | undefined;
    let page: LivePage | undefined;
    try {
      output.write(
        `${introduction(repository)}, into table ${tableName} of ${description}\n${countOfCommits(repository)}`,
      );
      if (options.views) {
        const { openDemoViews } = await import('./views/demoViews.js');
        views = await openDemoViews(fileEventStore, tableName, database, output);
      }
      if (options.live) {
        const { openLivePage } = await import('./livePage.js');
        page = await openLivePage(fileEventStore, database, output);
      }
      const run = { repository, files, views, page, transformed, costs, options, output, signal };
      const isVerified = await verifyAll(run, fileEventStore);
      output.write(await renderExample(files));
      await stayOpen(run, fileEventStore, database, tableName);
      return isVerified;
    } finally {
      await files.snapshots.settled();
      await Promise.all([page?.close(), views?.close(options.keep)]);
      if (!options.keep) await remove();
      else output.write(whatIsLeft(tableName, database));
    }
  } finally {
    await transformed?.close();
    await database.close();
  }
};

/** @throws UserError, with exit code 2, for a file that no commit has. */
const checkTimeTravel = async (
  timeTravel: TimeTravel | undefined,
  repository: Repository,
  signal: AbortSignal,
): Promise<void> => {
  if (timeTravel && !(await wasEverThere(repository, timeTravel.file, signal))) {
    throw new UserError(
      `No commit has a file ${timeTravel.file}. --file takes a path from the top of the repository.`,
      {
        exitCode: 2,
      },
    );
  }
};

/** A DynamoDB that is to be kept, and the pages in a terminal, until Ctrl-C. */
const stayOpen = async (
  { page, options, output, signal }: Run,
  fileEventStore: FileEventStore,
  database: Database,
  tableName: string,
): Promise<void> => {
  const { clientConfig } = database;
  const explorer = options.explorer
    ? await openExplorer({ clientConfig, tableName, hasSnapshots: options.snapshots })
    : undefined;
  try {
    if (explorer !== undefined) output.write(`explore the events: ${explorer.url}\n`);
    if (options.keep) await lookAround(fileEventStore, tableName, database, output, signal);
    const urls = [page?.url, explorer?.url].filter(url => url !== undefined);
    if (urls.length > 0 && isTerminal(output)) await untilStopped(`until Ctrl-C: ${urls.join(' ')}\n`, output, signal);
  } finally {
    await explorer?.close();
  }
};

const isTerminal = (output: NodeJS.WritableStream): boolean => 'isTTY' in output && output.isTTY === true;

const untilStopped = async (note: string, output: NodeJS.WritableStream, signal: AbortSignal): Promise<void> => {
  if (signal.aborted) return;
  output.write(note);
  await once(signal, 'abort');
};

const introduction = ({ folder, head, isShallow }: Repository) => {
  const oldest = isShallow ? ' (a shallow clone: its oldest commit adds every file)' : '';
  return `the history of ${resolve(folder)} up to commit ${head.slice(0, 12)}${oldest}`;
};

const countOfCommits = ({ commitCount, allCommitCount }: Repository) =>
  commitCount === allCommitCount
    ? ''
    : `${formatNumber(commitCount)} of ${formatNumber(allCommitCount)} commits are on the first-parent line: ` +
      'a merge counts as one commit, with all that it brings\n';

interface Run {
  repository: Repository;
  files: FileEventStoreWithSnapshots;
  views: DemoViews | undefined;
  page: LivePage | undefined;
  transformed: FileTransformations | undefined;
  costs: ReadonlyMap<string, OperationCost>;
  options: Options;
  output: NodeJS.WritableStream;
  signal: AbortSignal;
}

const verifyAll = async (run: Run, fileEventStore: FileEventStore): Promise<boolean> => {
  const { repository, files, views, transformed, options, output, signal } = run;
  const checks = [await importAndVerify(run)];
  if (views) checks.push(await views.verify(repository, signal));
  if (options.timeTravel) checks.push(await showPast(options.timeTravel, files, repository, output, signal));
  if (transformed) {
    const { showTransformations } = await import('./transformations/demoTransformations.js');
    // Without snapshots: those of who is forgotten are not used any more, with a warning each.
    checks.push(await showTransformations(transformed, fileEventStore, repository, output, signal));
  }
  return checks.every(Boolean);
};

const importAndVerify = async ({
  repository,
  files: fileEventStore,
  views,
  page,
  transformed,
  costs,
  options,
  output,
  signal,
}: Run): Promise<boolean> => {
  const writing = startProgress(output, 'writing', 'commits', repository.commitCount);
  const imported = await importHistory(readHistory(repository, signal), fileEventStore, {
    signal,
    withMessages: options.transformations,
    onProgress: ({ commits, events }) => {
      writing.update(commits, events);
      if (2 * commits >= repository.commitCount) transformed?.deployNewShape();
    },
  }).finally(writing.stop);
  const writeRate = writing.rate();
  await views?.caughtUp(imported.events, signal);
  const isSeenLive = (await page?.caughtUp(imported.events, signal)) ?? true;
  await fileEventStore.snapshots.settled();

  const filesOfGit = await readFiles(repository, signal);
  const reading = startProgress(output, 'reading', 'files', imported.files);
  const verified = await verifyFiles(fileEventStore, filesOfGit, {
    signal,
    onProgress: ({ aggregates, eventsRead }) => reading.update(aggregates, eventsRead),
  }).finally(reading.stop);
  const readRate = reading.rate();

  output.write(renderSummary({ imported, verified, writeRate, readRate, costs }));
  output.write(explainSummary(options));
  for (const { aggregateId, problem } of verified.mismatches)
    output.write(`MISMATCH: ${JSON.stringify(aggregateId)} ${problem}\n`);
  if (verified.events !== imported.events) {
    output.write(`MISMATCH: ${imported.events} events were written, and ${verified.events} were read\n`);
  }
  output.write(`verified against git: ${verified.verified} of ${verified.files} files\n`);
  if (verified.deleted > 0) {
    output.write(`deleted files, which are aggregates too: ${formatNumber(verified.deleted)}\n`);
  }
  return verified.mismatches.length === 0 && verified.events === imported.events && isSeenLive;
};

const showPast = async (
  timeTravel: TimeTravel,
  fileEventStore: FileEventStoreWithSnapshots,
  repository: Repository,
  output: NodeJS.WritableStream,
  signal: AbortSignal,
): Promise<boolean> => {
  const { answer, mismatch } = await travelInTime(timeTravel, fileEventStore, repository, signal);
  output.write(`${answer}\n`);
  if (mismatch !== undefined) output.write(`MISMATCH: ${mismatch}\n`);
  else output.write('verified against git: as it was then\n');
  return mismatch === undefined;
};
