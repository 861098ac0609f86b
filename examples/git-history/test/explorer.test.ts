import { join } from 'node:path';

import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { deleteEventTable } from '@castore-dynamodb/adapter';
import {
  accessibilityViolations,
  describeInBrowser,
  newWatchedPage,
  startBrowser,
  violationsInEveryColour,
} from '@castore-dynamodb/testing/browser';
import { describeOnOneEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';
import { eventually } from '@castore-dynamodb/testing/eventually';
import type { Browser, BrowserContext, Page } from 'playwright-core';

import { type Database, openDatabase } from '../src/database.js';
import { type OpenExplorer, openExplorer } from '../src/explorer.js';
import type { FileEventStore } from '../src/fileEventStore.js';
import { readHistory } from '../src/git/readHistory.js';
import { openRepository } from '../src/git/repository.js';
import { importHistory } from '../src/importHistory.js';
import { openEventTable } from '../src/tables.js';
import { GitRepository } from './support/gitRepository.js';

jest.setTimeout(120_000);

const HOSTILE = '<img src=x onerror="document.title=\'owned\'">\u001B[31m\u202Ecod.exe #%/?&';
const SCREENSHOTS = join(__dirname, '..', '..', '..', 'packages', 'cli', 'screenshots');

describeInBrowser('the explorer, in Chromium', () => {
  describeOnOneEngine('over the history of a repository', engine => {
    const tableName = uniqueTableName();
    let database: Database;
    let fileEventStore: FileEventStore;
    let explorer: OpenExplorer;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    /** What the page did that it must not do. */
    const faults: string[] = [];

    beforeAll(async () => {
      database = await openDatabase(engine.endpoint);
      ({ fileEventStore } = await openEventTable(database.dynamoDbClient, tableName, { stream: true }));
      await importHistory(readHistory(await openRepository(newRepository().folder)), fileEventStore);
      await pushOddities(database, tableName, fileEventStore);
      [explorer, browser] = await Promise.all([
        openExplorer({ clientConfig: database.clientConfig, tableName, hasSnapshots: false }),
        startBrowser(),
      ]);
      context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
      page = await newWatchedPage(context, new URL(explorer.url).origin, faults);
      await page.goto(explorer.url);
    });
    afterAll(async () => {
      await browser?.close();
      await explorer?.close();
      await deleteEventTable(database.dynamoDbClient, { tableName });
      await database.close();
    });
    afterEach(() => expect(faults.splice(0)).toEqual([]));

    const heading = () => page.locator('h1').textContent();
    const go = async (path: string): Promise<void> => {
      await page.goto(new URL(path, explorer.url).href);
      await page.locator('h1').waitFor();
      await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
    };
    const aggregate = (id: string, version?: number): string =>
      `/aggregate?${new URLSearchParams({ store: 'FILES', aggregate: id, ...(version && { version: String(version) }) }).toString()}`;

    it('takes the token out of the address, and lets nobody in without it', async () => {
      expect(new URL(page.url()).search).toBe('');
      await expect(page.locator('h1').textContent()).resolves.toBe('Event stores');
      const stranger = await browser.newContext();
      const response = await (await stranger.newPage()).goto(new URL('/', explorer.url).href);
      expect(response?.status()).toBe(401);
      await stranger.close();
    });

    it('is used by keyboard alone: search, timeline, versions', async () => {
      await go('/?store=FILES');
      const press = async (key: string, times = 1): Promise<void> => {
        for (let time = 0; time < times; time++) await page.keyboard.press(key);
      };
      const focused = (): Promise<string> =>
        page.evaluate('document.activeElement.name || document.activeElement.textContent.trim()');
      const tabTo = async (name: string): Promise<void> => {
        for (let tabs = 0; tabs < 60; tabs++) {
          await press('Tab');
          if ((await focused()).startsWith(name)) return;
        }
        throw new Error(`No Tab leads to ${name}.`);
      };
      await press('Tab');
      expect(await focused()).toBe('Skip to the content');
      await tabTo('aggregate');
      await page.keyboard.type('README.md');
      await press('Enter');
      await eventually(async () => expect(await heading()).toBe('README.md'));
      await page.locator('#state').waitFor();
      // The heading has the focus: a screen reader says where one is.
      await eventually(async () => expect(await focused()).toBe('README.md'));

      await tabTo('1 FILE_ADDED');
      await press('Enter');
      await eventually(async () => expect(await page.locator('#state').textContent()).toBe('State at version 1'));
      await page.locator('input[type=range]').first().focus();
      await press('ArrowRight', 2);
      await eventually(async () => expect(await page.locator('#state').textContent()).toBe('State at version 3'));
      expect(new URL(page.url()).searchParams.get('version')).toBe('3');
    });

    it('shows the state by the reducer at each version, and what the version changed', async () => {
      await go(aggregate('README.md', 2));
      expect(JSON.parse((await page.locator('pre[aria-label=State]').textContent()) ?? '')).toEqual({
        aggregateId: 'README.md',
        version: 2,
        exists: true,
        lines: 2,
      });
      expect(await page.locator('.difference tbody tr').allTextContents()).toEqual(['version12', 'lines12']);
      await page.locator('summary').click();
      await eventually(async () =>
        expect(JSON.parse((await page.locator('pre[aria-label=Item]').textContent()) ?? '')).toMatchObject({
          aggregateId: { S: 'FILES#README.md' },
        }),
      );
    });

    it('marks missing versions, clocks that went back and silences', async () => {
      await go(aggregate('odd'));
      const timeline = await page.locator('.timeline').innerText();
      expect(timeline).toContain('clock: 1 h earlier than the event before');
      expect(timeline).toContain('gap: version 3 is missing');
      expect(timeline).toContain('2 d later');
    });

    it('keeps ids and payloads text, whatever is in them', async () => {
      await go(aggregate(HOSTILE));
      expect(await page.locator('img, [onerror]').count()).toBe(0);
      const text = await page.locator('main').innerText();
      expect(text).toContain('<img src=x onerror=');
      expect(text).toContain('\\u001b[31m\\u202ecod.exe');
      // oxlint-disable-next-line no-control-regex
      expect(text).not.toMatch(/[\u001B\u202E]/);
      expect(await page.title()).not.toBe('owned');
      await go('/?store=FILES');
      await page.getByRole('link', { name: /onerror/ }).click();
      await eventually(async () => expect(await heading()).toContain('onerror'));
    });

    it('shows what correlates over the aggregates that were opened', async () => {
      for (const id of ['odd', HOSTILE]) await go(aggregate(id));
      await go('/correlation?id=import-1');
      expect(await page.locator('.tree li').count()).toBe(2);
      await page.locator('.tree a').last().click();
      await eventually(async () => expect(await heading()).toContain('onerror'));
    });

    it('shows events as they come, those that are wanted, and keeps them while it is paused', async () => {
      await go('/live?types=FILE_CHANGED');
      const status = () => page.getByRole('status').first().textContent();
      const rows = () => page.locator('tbody tr').allTextContents();
      await eventually(async () => expect(await status()).toBe('Live: 0 events since it began.'));
      const push = (version: number) =>
        fileEventStore.pushEvent({
          aggregateId: `live-${HOSTILE}`,
          version,
          type: version === 1 ? 'FILE_ADDED' : 'FILE_CHANGED',
          payload: { commit: 'c0ffee', author: HOSTILE, linesAdded: 1, linesRemoved: 0 },
        });
      await push(1);
      await push(2);
      await eventually(async () => expect(await rows()).toEqual([expect.stringContaining('version 2')]));
      await page.getByRole('button', { name: 'Pause' }).click();
      await push(3);
      await eventually(async () => expect(await status()).toBe('Paused, 1 waiting. 2 events since it began.'));
      expect(await rows()).toHaveLength(1);
      await page.getByRole('button', { name: 'Go on' }).click();
      await eventually(async () => expect(await rows()).toHaveLength(2));
      expect(await page.locator('img, [onerror]').count()).toBe(0);
    });

    it('examines the table when it is asked to', async () => {
      await go('/health');
      await page.getByRole('button', { name: 'Examine' }).click();
      const status = page.getByRole('status').first();
      await eventually(async () => expect(await status.textContent()).toMatch(/problem/));
      expect(await page.locator('main').innerText()).toContain('gap');
      expect(await accessibilityViolations(page)).toEqual([]);
    });

    it('says what is wrong where it is wrong, and goes on', async () => {
      await go('/?store=FILES&page=nonsense');
      expect(await page.locator('[role=alert]').innerText()).toMatch(/InvalidPageTokenError[^]*first page/);
      await page.getByRole('link', { name: 'Correlation' }).click();
      await eventually(async () => expect(await heading()).toBe('Correlation'));
    });

    describe('in light and dark colours, 360 pixels wide', () => {
      beforeAll(() => page.setViewportSize({ width: 360, height: 740 }));

      it.each([
        ['event stores', '/?store=FILES'],
        ['an aggregate', aggregate('README.md', 2)],
        ['an odd aggregate', aggregate('odd')],
        ['a hostile aggregate', aggregate(HOSTILE)],
        ['a correlation', '/correlation?id=import-1'],
        ['live events', '/live'],
        ['projections', '/projections'],
        ['health', '/health'],
        ['a problem', '/?store=FILES&page=nonsense'],
      ])('%s: nothing for axe to find, nothing beside the screen', async (_, path) => {
        await go(path);
        expect(await violationsInEveryColour(page)).toEqual([]);
      });
    });

    it('looks as in the README', async () => {
      await page.setViewportSize({ width: 1280, height: 860 });
      for (const [name, path, colorScheme] of [
        ['aggregate', aggregate('README.md', 3), 'light'],
        ['aggregate-dark', aggregate('odd', 4), 'dark'],
      ] as const) {
        await page.emulateMedia({ colorScheme });
        await go(path);
        const screenshot = await page.screenshot(
          process.env.UPDATE_SCREENSHOTS === '1' ? { path: join(SCREENSHOTS, `${name}.png`) } : {},
        );
        expect(screenshot.byteLength).toBeGreaterThan(10_000);
      }
    });
  });
});

const newRepository = (): GitRepository => {
  const repository = new GitRepository();
  for (let commit = 1; commit <= 6; commit++) {
    repository.write('README.md', 'line\n'.repeat(commit));
    repository.write(`src/file${commit}.ts`, 'x\n');
    repository.commit();
  }
  return repository;
};

/** What git never does. */
const pushOddities = async (
  { dynamoDbClient }: Database,
  tableName: string,
  fileEventStore: FileEventStore,
): Promise<void> => {
  const payload = { commit: 'c0ffee', author: HOSTILE, linesAdded: 1, linesRemoved: 0 };
  const push = (aggregateId: string, version: number, timestamp: string, metadata: Record<string, string>) =>
    fileEventStore.pushEvent({
      aggregateId,
      version,
      type: version === 1 ? 'FILE_ADDED' : 'FILE_CHANGED',
      timestamp,
      payload,
      metadata,
    } as Parameters<typeof fileEventStore.pushEvent>[0]);
  await push('odd', 1, '2026-01-01T10:00:00.000Z', { correlationId: 'import-1', eventId: 'event-1' });
  await push('odd', 2, '2026-01-01T09:00:00.000Z', {});
  await push('odd', 4, '2026-01-03T09:00:00.000Z', {});
  await push(HOSTILE, 1, '2026-01-01T10:00:01.000Z', { correlationId: 'import-1', causationId: 'event-1' });
  const encrypted = {
    aggregateId: { S: 'FILES#odd' },
    version: { N: '5' },
    type: { S: 'FILE_CHANGED' },
    timestamp: { S: '2026-01-03T09:00:01.000Z' },
    payload: { M: { author: { B: new Uint8Array([1, 2, 3]) } } },
    encoding: { S: 'encryption' },
  };
  await dynamoDbClient.send(new PutItemCommand({ TableName: tableName, Item: encrypted }));
};
