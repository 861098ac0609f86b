import { Writable } from 'node:stream';

import { deleteEventTable } from '@castore-dynamodb/adapter';
import { describeOnSomeEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';

import { openDatabase } from '../src/database.js';
import { runDemo } from '../src/demo.js';
import { openLivePage } from '../src/livePage.js';
import { openEventTable } from '../src/tables.js';
import { GitRepository } from './support/gitRepository.js';

// A machine that has much to do takes several times as long.
jest.setTimeout(120_000);

const textOutput = () => {
  let text = '';
  const output = new Writable({
    write: (chunk, _, done) => {
      text += chunk;
      done();
    },
  });
  return { output, text: () => text };
};

describeOnSomeEngine('the live page of the demo', engine => {
  const { signal } = new AbortController();

  it('shows every event of the import, those of a file in order', async () => {
    const repository = new GitRepository();
    for (let commit = 1; commit <= 12; commit++) {
      repository.write('a', 'line\n'.repeat(commit));
      if (commit % 3 === 0) repository.write(`b${commit}`, 'x\n');
      repository.commit();
    }
    const { output, text } = textOutput();
    const options = {
      endpoint: engine.endpoint,
      keep: false,
      snapshots: false,
      views: false,
      live: true,
      explorer: false,
      transformations: false,
    };
    expect(await runDemo({ ...options, repo: repository.folder }, output, signal)).toBe(true);
    expect(text()).toContain('live: a subscriber saw 16 of 16 events\n');
  });

  it('is served with the modules of the client, and a position from before the first event', async () => {
    const tableName = uniqueTableName();
    const database = await openDatabase(engine.endpoint);
    const { fileEventStore } = await openEventTable(database.dynamoDbClient, tableName, { stream: true });
    const page = await openLivePage(fileEventStore, database, textOutput().output);
    try {
      const get = (path: string): Promise<Response> => fetch(new URL(path, page.url));
      expect(await (await get('/')).text()).toMatch(/after: '1\.[\w.-]+'/);
      for (const module of ['client/index', 'client/subscribe', 'protocol/wireJson']) {
        expect(await (await get(`/live/${module}.js`)).text()).toContain('export');
      }
      for (const path of ['/live/../package.json', '/live/client/../../index.js', '/live/eventFeed.js', '/other']) {
        expect((await get(path)).status).toBe(404);
      }
    } finally {
      await page.close();
      await deleteEventTable(database.dynamoDbClient, { tableName });
      await database.close();
    }
  });
});
