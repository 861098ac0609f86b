import type { ImportReport } from './importHistory.js';
import type { Options } from './options.js';
import { formatNumber, renderTable } from './render.js';
import type { OperationCost } from './requestMeter.js';
import type { VerificationReport } from './verifyFiles.js';

export interface Summary {
  imported: ImportReport;
  verified: VerificationReport;
  /** Events a second. */
  writeRate: number;
  readRate: number;
  costs: ReadonlyMap<string, OperationCost>;
}

/** What was done and what it cost, as tables of text. */
export const renderSummary = ({ imported, verified, writeRate, readRate, costs }: Summary): string => {
  const done = renderTable(
    ['', 'written', 'read'],
    [
      ['commits', imported.commits],
      ['aggregates', imported.files, verified.aggregates],
      ['events', imported.events, verified.eventsRead],
      ['event groups', imported.groups],
      ['events a second', writeRate, readRate],
    ],
  );
  const spent = renderTable(
    ['operation', 'requests', 'capacity units'],
    [...costs].map(([operation, { requests, capacityUnits }]) => [operation, requests, capacityUnits]),
  );
  const memory = process.resourceUsage().maxRSS / 1024;

  return `${done}\n${spent}\nmemory at its peak: ${formatNumber(memory)} MB\n`;
};

/** Why there are more requests with some options than without. */
export const explainSummary = ({ snapshots, views }: Pick<Options, 'snapshots' | 'views'>): string =>
  [
    ...(snapshots
      ? [
          'snapshots: a file is read by two Queries at once, one for its snapshot and one for the events after it;',
          '  that is less to read for a file of many events, and one request more for a file of few',
        ]
      : []),
    ...(views ? ['views: BatchGetItem reads the live ones; PutItem and TransactWriteItems write them, too'] : []),
  ]
    .map(line => `${line}\n`)
    .join('');
