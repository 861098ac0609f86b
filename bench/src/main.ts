import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { startLocalDynamoDb } from '@castore-dynamodb/local';

import { measureBundles } from './measure/bundleSizes.js';
import { compare } from './measure/compare.js';
import type { Comparison, ComparisonResult } from './measure/comparison.js';
import { comparisonsOf, memoryComparisonsOf } from './measure/comparisons.js';
import { measureColdStarts, measureFirstReads } from './measure/freshProcesses.js';
import { measureListings } from './measure/listings.js';
import { createSources, fillTable } from './measure/prepareSources.js';
import { readComparisonsOf } from './measure/reads.js';
import { startResponsesServer } from './measure/responsesServer.js';
import { measureStreams } from './measure/streams.js';
import { raceWriters } from './measure/writersRace.js';
import { memoryChart, timeChart } from './report/charts.js';
import { markdownOf } from './report/markdown.js';
import { printRows } from './report/printRows.js';
import { type Row, rowsOf } from './report/rows.js';
import { currentLoad, settingOf } from './report/setting.js';
import { bundleWorker, type SdkName } from './worker/bundleWorker.js';

const BENCH_FOLDER = fileURLToPath(new URL('..', import.meta.url));

const progress = (text: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
};

/** The comparisons that the chart over the number of events shows. */
const isOverEvents = ({ comparison: { section, task, cold, contenders } }: ComparisonResult): boolean =>
  section === 'CPU, without a network' &&
  task.operation === 'read' &&
  task.eventSize === 300 &&
  cold === undefined &&
  contenders.length === 3;

const isPushWithoutNetwork = ({ section, task }: Comparison): boolean =>
  section === 'CPU, without a network' && task.operation === 'push';

/** Parts that run alone, by `npm run bench -- <part>`, without writing results. */
const PARTS = ['reads', 'pushes', 'streams'] as const;

const [, , part, words = ''] = process.argv;

const main = async (): Promise<void> => {
  if (part !== undefined && !PARTS.some(each => each === part)) throw new Error(`Parts are: ${PARTS.join(', ')}.`);
  const before = performance.now();
  const load = currentLoad();
  const scratch = mkdtempSync(join(tmpdir(), 'castore-dynamodb-bench-'));
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
  const bundles: Record<SdkName, string> = {
    today: await bundleWorker(BENCH_FOLDER, 'today'),
    '3.927': await bundleWorker(BENCH_FOLDER, '3.927'),
  };
  const runAll = async (comparisons: readonly Comparison[]): Promise<ComparisonResult[]> => {
    const results: ComparisonResult[] = [];
    for (const [index, comparison] of comparisons.entries()) {
      progress(`${index + 1} of ${comparisons.length}: ${comparison.section}: ${comparison.title}`);
      results.push(await compare(bundles[comparison.sdk], comparison));
    }
    return results;
  };

  const server = await startResponsesServer(scratch);
  const readRows = async (): Promise<Row[]> => {
    const sources = createSources(scratch, { http: server.endpoint, engine: '' });
    const reads = await runAll(readComparisonsOf(sources).filter(({ title }) => title.includes(words)));
    progress('first reads');
    return [...reads.flatMap(rowsOf), ...(await measureFirstReads(BENCH_FOLDER, sources))];
  };
  const pushRows = async (): Promise<Row[]> => {
    const sources = createSources(scratch, { http: server.endpoint, engine: '' });
    return (await runAll(comparisonsOf(sources).filter(isPushWithoutNetwork))).flatMap(rowsOf);
  };
  if (part === 'reads' || part === 'pushes') {
    const rows = await (part === 'reads' ? readRows() : pushRows());
    server.stop();
    progress('');
    printRows(rows);
    return;
  }

  const { endpoint, dynamoDbClient, clientConfig, engine, stop } = await startLocalDynamoDb();
  const sources = createSources(scratch, { http: server.endpoint, engine: endpoint });
  progress('storing events');
  await fillTable(dynamoDbClient);
  if (part === 'streams') {
    const rows = await measureStreams(BENCH_FOLDER, endpoint, dynamoDbClient);
    await stop();
    server.stop();
    progress('');
    printRows(rows);
    return;
  }

  const results = await runAll(comparisonsOf(sources));
  const memory = await runAll(memoryComparisonsOf(sources));
  progress('bundles, cold starts, listings');
  const bundled = [...(await measureBundles(BENCH_FOLDER)), ...(await measureColdStarts(BENCH_FOLDER))];
  const listings = await measureListings(BENCH_FOLDER);
  progress('projections, replays, all events');
  const streams = await measureStreams(BENCH_FOLDER, endpoint, dynamoDbClient);
  progress('writers on one aggregate');
  const writers = await raceWriters(clientConfig);
  await stop();
  const reads = await readRows();
  server.stop();
  progress('');

  const rows = [
    ...reads,
    ...results.flatMap(rowsOf),
    ...bundled,
    ...listings,
    ...streams,
    ...writers,
    ...memory.flatMap(rowsOf),
  ];
  printRows(rows);
  const setting = settingOf(BENCH_FOLDER, engine, load);
  const seconds = (performance.now() - before) / 1000;
  writeFileSync(join(BENCH_FOLDER, 'time.svg'), timeChart(results.filter(isOverEvents)));
  writeFileSync(join(BENCH_FOLDER, 'memory.svg'), memoryChart(memory));
  writeFileSync(join(BENCH_FOLDER, 'RESULTS.md'), markdownOf({ rows, setting, seconds }));
  console.log(`\nWritten to bench/RESULTS.md, in ${Math.round(seconds)} seconds.`);
};

await main();
