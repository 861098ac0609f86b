import { bundleProgram, runProgram, runProgramWithin } from '../programs/program.js';
import { formatValue } from '../report/format.js';
import type { Row } from '../report/rows.js';

interface Listed {
  requests: number;
  readUnits: number;
  wallMilliseconds: number;
  peakMemoryBytes: number;
}

const LISTINGS: readonly [count: number, limit: number][] = [
  [25_000, 100],
  [25_000, 1_000],
  [25_000, 0],
  [1_000_000, 1_000],
  [1_000_000, 0],
];
const SHARDS = [0, 16] as const;
/** With more, Node lets garbage lie, and the memory would say little of what pages need. */
const PAGES_MEGABYTES = 64;

/** What it costs to list all aggregates of an event store, page by page, on a model of the index. */
export const measureListings = async (benchFolder: string): Promise<Row[]> => {
  const program = await bundleProgram(benchFolder, 'listing');
  const rows: Row[] = [];
  for (const [count, limit] of LISTINGS) {
    const pages = limit === 0 ? 'without a limit' : `in pages of ${limit.toLocaleString('en')}`;
    for (const shards of SHARDS) {
      const listed = await (limit === 0
        ? runProgram<Listed>(program, count, shards, limit)
        : runProgramWithin<Listed>(PAGES_MEGABYTES, program, count, shards, limit));
      const values = [
        `${listed.requests.toLocaleString('en')} requests`,
        `${listed.readUnits.toLocaleString('en')} read units`,
        formatValue('wallMilliseconds', listed.wallMilliseconds),
        formatValue('peakMemoryBytes', listed.peakMemoryBytes),
      ];
      rows.push({
        section: 'Listings, without a network',
        title: `${count.toLocaleString('en')} aggregates, ${pages}`,
        contender: shards === 0 ? 'ours' : `ours, ${shards} shards`,
        value: values.join(', '),
        ratio: '',
        goal: '',
        isMet: undefined,
      });
    }
  }
  return rows;
};
