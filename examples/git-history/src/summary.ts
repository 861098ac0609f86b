import { formatNumber } from './formatNumber.js';
import type { ImportReport } from './importHistory.js';
import { renderTable } from './renderTable.js';
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
