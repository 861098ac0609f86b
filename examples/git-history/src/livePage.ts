import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { EventFeed } from '@castore-dynamodb/live';
import { subscribe } from '@castore-dynamodb/live/client';

import type { Database } from './database.js';
import type { FileEventStore } from './fileEventStore.js';
import { formatNumber } from './render.js';

/** How often the stream is asked for more, in milliseconds. */
const INTERVAL = 100;

export interface LivePage {
  url: string;
  /** Waits until a subscriber has seen so many events; whether it has seen each file's in order. */
  caughtUp: (events: number, signal: AbortSignal) => Promise<boolean>;
  close: () => Promise<void>;
}

/** A page in the browser that shows events as they are written, and a subscriber here that counts them. */
export const openLivePage = async (
  fileEventStore: FileEventStore,
  { dynamoDbClient, createStreamsClient }: Pick<Database, 'dynamoDbClient' | 'createStreamsClient'>,
  output: NodeJS.WritableStream,
): Promise<LivePage> => {
  const dynamoDbStreamsClient = createStreamsClient();
  const feed = new EventFeed({
    eventStores: [fileEventStore],
    dynamoDbClient,
    dynamoDbStreamsClient,
    authorize: () => ({}),
    pollIntervalMs: INTERVAL,
  });
  let start: string | undefined;
  const server = createServer((request, response) => void answer(request.url, response, start));
  feed.attach(server, { path: '/events' });
  await feed.start().catch((error: unknown) => {
    dynamoDbStreamsClient.destroy();
    throw error;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  let begin = (): void => {};
  const isLive = new Promise<void>(resolve => (begin = resolve));
  const onState = (state: string): void => void (state === 'live' && begin());
  const subscription = subscribe<FileEventStore>({ url: `${url}events`, onState });
  await isLive;
  start = subscription.position;
  output.write(`watch the events arrive: ${url}\n`);

  const versions = new Map<string, number>();
  let [seen, isInOrder] = [0, true];
  const counting = (async () => {
    for await (const { event } of subscription) {
      isInOrder &&= event.version === (versions.get(event.aggregateId) ?? 0) + 1;
      versions.set(event.aggregateId, event.version);
      seen++;
    }
  })();
  return {
    url,
    caughtUp: async (events, signal) => {
      while (seen < events) await sleep(INTERVAL, undefined, { signal });
      output.write(`live: a subscriber saw ${formatNumber(seen)} of ${formatNumber(events)} events\n`);
      if (!isInOrder) output.write('MISMATCH: the events of a file came out of order\n');
      return isInOrder && seen === events;
    },
    close: async () => {
      subscription.close();
      await counting;
      await feed.stop();
      server.close();
      server.closeAllConnections();
      dynamoDbStreamsClient.destroy();
    },
  };
};

const require = createRequire(import.meta.url);
const MODULES = join(dirname(require.resolve('@castore-dynamodb/live/package.json')), 'dist', 'esm');

/** The page, and the modules of the client, as they are: nothing has to be bundled. */
const answer = async (url = '', response: ServerResponse, start = ''): Promise<void> => {
  const [, path] = /^\/live\/((?:client|protocol)\/\w+\.js)$/.exec(url) ?? [];
  if (path !== undefined) {
    response.setHeader('content-type', 'text/javascript');
    response.end(await readFile(join(MODULES, path)).catch(() => ''));
  } else if (url === '/') {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(PAGE.replace('AFTER', start));
  } else {
    response.writeHead(404).end();
  }
};

/** Begins before the first event, whenever it is opened. */
const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>git-history, live</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #222; }
  table { border-collapse: collapse; width: 100%; }
  td, th { text-align: left; padding: 0.15rem 0.75rem 0.15rem 0; border-bottom: 1px solid #ddd; }
  td:nth-child(n+3), th:nth-child(n+3) { text-align: right; }
  #state::before { content: "● "; color: #999; }
  #state.live::before { color: #2a2; }
</style>
<h1>git-history, live</h1>
<p><span id="state">connecting</span> · <b id="events">0</b> events of <b id="files">0</b> files</p>
<table>
  <thead><tr><th>file</th><th>what happened</th><th>version</th><th>lines added</th><th>removed</th></tr></thead>
  <tbody id="rows"></tbody>
</table>
<script type="module">
  import { subscribe } from '/live/client/index.js';
  const byId = id => document.getElementById(id);
  const files = new Set();
  let events = 0;
  const onState = state => {
    byId('state').textContent = state;
    byId('state').className = state;
  };
  for await (const { event } of subscribe({ url: '/events', after: 'AFTER' || undefined, onState })) {
    byId('events').textContent = ++events;
    byId('files').textContent = files.add(event.aggregateId).size;
    const row = document.createElement('tr');
    const { linesAdded, linesRemoved } = event.payload;
    for (const text of [event.aggregateId, event.type, event.version, linesAdded, linesRemoved]) {
      row.append(Object.assign(document.createElement('td'), { textContent: text }));
    }
    byId('rows').prepend(row);
    if (byId('rows').children.length > 30) byId('rows').lastChild.remove();
  }
</script>
`;
