import { examine } from '../../doctor/examine.js';
import { subjectOf } from '../../doctor/subject.js';
import type { FindingShown, Health } from '../api.js';
import type { Explorer } from '../explorer.js';

const OPERATIONS = ['getEvents', 'listAggregateIds', 'describeEventTable'] as const;
const MAX_LAG_MS = 300_000;
/** More than these nobody reads on a page. */
const MAX_FINDINGS = 200;

/** What doctor finds in the tables, their streams, the projections, and a page of about 1 MB of each table. */
export const healthOf = async ({ options: { session } }: Explorer): Promise<Health> => {
  const lookedAt = new Map<string, number>();
  const findings: FindingShown[] = [];
  const found = examine(await subjectOf(session), {
    extent: { kind: 'sample' },
    operations: OPERATIONS,
    maxLagMs: MAX_LAG_MS,
    signal: new AbortController().signal,
    onAggregates: (tableName, count) => void lookedAt.set(tableName, count),
  });
  for await (const { check, severity, message, remedy, eventStoreId, aggregateId, version } of found) {
    findings.push({
      check,
      severity,
      message,
      remedy,
      ...(eventStoreId !== undefined && aggregateId !== undefined && { place: { eventStoreId, aggregateId, version } }),
    });
    if (findings.length === MAX_FINDINGS) break;
  }
  return {
    findings,
    isComplete: findings.length < MAX_FINDINGS,
    aggregates: [...lookedAt.values()].reduce((sum, count) => sum + count, 0),
  };
};
