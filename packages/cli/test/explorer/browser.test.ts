import { createEventTable, DynamoDbSingleTableEventStorageAdapter, deleteEventTable } from '@castore-dynamodb/adapter';
import { createProjectionTable, DynamoDbCheckpointStore, projection, replayEvents } from '@castore-dynamodb/streams';
import {
  describeInBrowser,
  newWatchedPage,
  startBrowser,
  violationsInEveryColour,
} from '@castore-dynamodb/testing/browser';
import { describeOnOneEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';
import { eventually } from '@castore-dynamodb/testing/eventually';
import { type Fault, type FaultProxy, startFaultProxy } from '@castore-dynamodb/testing/faultProxy';
import { newPokemons, type Pokemons } from '@castore-dynamodb/testing/pokemons';
import type { Browser, Page } from 'playwright-core';

import { type RunningExplorer, startExplorer } from './startExplorer.js';

jest.setTimeout(120_000);

const HOSTILE = `it's <b>\u001B[31m`;
const EVENTS = 140;
const timeOf = (version: number): string => new Date(Date.UTC(2026, 0, 1, version)).toISOString();

describeInBrowser('the explorer, in Chromium', () => {
  describeOnOneEngine('behind a proxy', engine => {
    const tableName = uniqueTableName('events');
    const projectionTable = uniqueTableName('views');
    const dynamoDbClient = engine.client();
    const faults: string[] = [];
    let proxy: FaultProxy;
    let explorer: RunningExplorer;
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      await createEventTable(dynamoDbClient, { tableName, layout: 'single-table', stream: true });
      await createProjectionTable(dynamoDbClient, { tableName: projectionTable });
      const checkpoints = (client = dynamoDbClient) =>
        new DynamoDbCheckpointStore({ tableName: projectionTable, dynamoDbClient: client });
      const newTrainers = (eventStore: Pokemons, checkpointStore: DynamoDbCheckpointStore) =>
        projection({
          name: 'trainers',
          eventStores: [eventStore],
          checkpoints: checkpointStore,
          on: {
            POKEMON_LEVELED_UP: ({ aggregateId, version }) => {
              if (aggregateId === HOSTILE && version === 2) throw new RangeError('level <i>out</i> of range');
            },
          },
        });
      const direct = newPokemons(new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient }));
      await fill(direct, () => replayEvents({ projections: [newTrainers(direct, checkpoints())], ...PARK }));

      proxy = await startFaultProxy(engine.endpoint);
      // The SDK's own attempts only take time here.
      const client = engine.client({ endpoint: proxy.endpoint, maxAttempts: 1 });
      const pokemons = newPokemons(new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient: client }));
      const config = { eventStores: [pokemons], projections: [newTrainers(pokemons, checkpoints(client))] };
      [explorer, browser] = await Promise.all([startExplorer({}, { config }), startBrowser()]);
      const context = await browser.newContext({ viewport: { width: 1000, height: 900 } });
      const { origin } = new URL(explorer.url);
      await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
      page = await newWatchedPage(context, origin, faults);
      await page.goto(explorer.url);
    });
    beforeEach(() => {
      proxy.choose = () => undefined;
    });
    afterEach(() => expect(faults.splice(0)).toEqual([]));
    afterAll(async () => {
      await browser.close();
      await explorer.close();
      await proxy[Symbol.asyncDispose]();
      await deleteEventTable(dynamoDbClient, { tableName });
    });

    const go = async (path: string): Promise<void> => {
      await page.goto(new URL(path, explorer.url).href);
      await page.locator('h1').waitFor();
      await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
    };
    const aggregate = (more: Record<string, string> = {}): string =>
      `/aggregate?${new URLSearchParams({ store: 'POKEMONS', aggregate: 'pikachu', ...more }).toString()}`;
    const shownState = () => page.locator('#state').textContent();
    const alert = () => page.getByRole('alert').first().innerText();

    const whenever = (fault: Fault, ...operations: string[]): void => {
      proxy.choose = ({ operation }) => (operations.includes(operation) ? fault : undefined);
    };

    it('shows what is parked, with its error, its event, and the command, which it copies', async () => {
      await go('/projections');
      const parked = page.locator('article');
      expect(await parked.innerText()).toMatch(
        /POKEMONS it's <b>\\u001b\[31m version 2[^]*RangeError: level <i>out<\/i>/,
      );
      await parked.locator('summary').focus();
      await page.keyboard.press('Enter');
      expect(JSON.parse((await parked.locator('pre').textContent()) ?? '')).toEqual({ by: 7 });
      await page.keyboard.press('Tab');
      await page.getByRole('button', { name: 'Copy' }).focus();
      await page.keyboard.press('Enter');
      await eventually(async () => expect(await parked.getByRole('status').textContent()).toBe('Copied.'));
      const copied = await page.evaluate('navigator.clipboard.readText()');
      expect(copied).toBe("castore-dynamodb parked retry --write -- trainers POKEMONS $'it\\'s <b>\\u001b[31m'");
      expect(copied).toBe(await parked.locator('code').textContent());
    });

    it('shows positions, and how far the projection is behind', async () => {
      await go('/projections');
      expect(await page.locator('main').innerText()).toContain('Behind with 2 of the 2 aggregates that began last');
      const rows = await page
        .locator('tbody tr')
        .evaluateAll(all =>
          (all as unknown as { cells: { textContent: string }[] }[]).map(({ cells }) =>
            [...cells].map(({ textContent }) => textContent),
          ),
        );
      expect(rows.map(([id, ...numbers]) => [id?.split(' ')[1], ...numbers])).toEqual(
        expect.arrayContaining([
          ['pikachu', '1', String(EVENTS), String(EVENTS - 1)],
          ["it's", '1', '3', '2'],
        ]),
      );
      expect(await page.locator('td .mark').count()).toBe(2);
      await page.getByRole('link', { name: 'POKEMONS pikachu' }).click();
      await eventually(async () => expect(await page.locator('h1').textContent()).toBe('pikachu'));
    });

    it('says so if the browser does not let it copy', async () => {
      await go('/projections');
      await page.evaluate('navigator.clipboard.writeText = () => Promise.reject(new Error("no"))');
      await page.getByRole('button', { name: 'Copy' }).click();
      await eventually(async () =>
        expect(await page.locator('article').getByRole('status').textContent()).toMatch(/Select the command/),
      );
    });

    it('goes through times with a slider, from the first event that is shown to the last one', async () => {
      await go(aggregate());
      expect(await shownState()).toBe(`State at version ${EVENTS}`);
      const times = page.getByRole('slider', { name: /^Time/ });
      const first = EVENTS - 99;
      await times.focus();
      await page.keyboard.press('Home');
      await eventually(async () => expect(await shownState()).toBe(`State at version ${first}`));
      expect(await times.getAttribute('aria-valuetext')).toBe(timeOf(first));
      await page.keyboard.press('PageUp');
      await eventually(async () => expect(await shownState()).toBe(`State at version ${first + 9}`));
      expect(new URL(page.url()).searchParams.get('version')).toBe(String(first + 9));
      await page.keyboard.press('End');
      await eventually(async () => expect(await shownState()).toBe(`State at version ${EVENTS}`));
    });

    it('goes to any time, of which the address is a link', async () => {
      await go(aggregate());
      await page.getByLabel(/At another time/).fill('2026-01-01T07:30');
      await page.keyboard.press('Enter');
      await eventually(async () => expect(await shownState()).toBe('State at version 7'));
      expect(await page.getByRole('status').first().textContent()).toBe('At 2026-01-01T07:30 it had version 7.');
      expect(await page.locator('.timeline [aria-current]').innerText()).toContain(timeOf(7).slice(11));
      const link = page.url();
      await go('/');
      await page.goto(link);
      await eventually(async () => expect(await shownState()).toBe('State at version 7'));
      // From there on by versions.
      await page.getByRole('link', { name: /^8 / }).click();
      await eventually(async () => expect(await shownState()).toBe('State at version 8'));
      expect(new URL(page.url()).searchParams.get('at')).toBeNull();
    });

    it.each([
      ['before it began', '2025', 'it had not begun', 1],
      ['at its last event', timeOf(EVENTS), `it had version ${EVENTS}`, EVENTS],
      ['after it', '2027-01-01', `it had version ${EVENTS}`, EVENTS],
    ])('knows an aggregate %s', async (_, at, text, version) => {
      await go(aggregate({ at }));
      expect(await page.getByRole('status').first().textContent()).toContain(text);
      await eventually(async () => expect(await shownState()).toBe(`State at version ${version}`));
    });

    it('says so if an address names an event store, an aggregate or a version that does not exist', async () => {
      await go(aggregate({ version: '999' }));
      await page.locator('pre[aria-label=State]').waitFor();
      expect(await page.locator('main').innerText()).toContain('There is no event with version 999.');
      expect(await page.locator('.difference').count()).toBe(0);
      for (const version of ['abc', '0', '-1', '1e2', '99999999999999999999']) {
        await go(aggregate({ version }));
        expect(await page.getByRole('status').first().textContent()).toBe(
          `The address names version ${version}, which is none. This is version ${EVENTS}.`,
        );
      }
      await go('/?store=NOPE');
      expect(await page.locator('main').innerText()).toContain(
        'The configuration has no event store "NOPE". It has: POKEMONS.',
      );
      await go('/aggregate?store=POKEMONS');
      expect(await page.locator('main').innerText()).toContain('The address names no aggregate.');
    });

    it('says that there is no answer yet', async () => {
      await page.clock.install();
      whenever('no answer before', 'Query');
      await page.goto(new URL(aggregate(), explorer.url).href);
      await page.getByText('Loading…').waitFor();
      await page.clock.fastForward(5000);
      await eventually(async () =>
        expect(await page.getByRole('status').first().textContent()).toMatch(/^No answer yet: DynamoDB is slow/),
      );
      await page.clock.resume();
    });

    it('refuses what is no time', async () => {
      await go(aggregate({ at: 'yesterday' }));
      expect(await alert()).toMatch(/Invalid at: .*ISO 8601/);
    });

    it.each([
      ['access denied', /AccessDeniedException Not permitted: dynamodb:Query[^]*castore-dynamodb iam getEvents/],
      ['expired token', /ExpiredTokenException No valid credentials[^]*Sign in again, then try again here/],
      ['throughput exceeded', /ProvisionedThroughputExceededException[^]*Wait for some seconds/],
      ['throttling', /ThrottlingException[^]*Wait for some seconds/],
    ] as const)('shows "%s" in each view, says what to do, and goes on from there', async (fault, expected) => {
      for (const [path, whole] of [
        ['/?store=POKEMONS', /2 aggregates/],
        [aggregate({ version: '3' }), /1–100 of 140/],
      ] as const) {
        whenever(fault, 'Query');
        await go(path);
        expect(await alert()).toMatch(expected);
        proxy.choose = () => undefined;
        await page.getByRole('button', { name: 'Try again' }).click();
        await eventually(async () => expect(await page.locator('main').innerText()).toMatch(whole));
        expect(await page.getByRole('alert').count()).toBe(0);
      }
      whenever(fault, 'BatchGetItem', 'Query');
      await go('/projections');
      const section = page.getByRole('region', { name: 'Projection trainers' });
      expect(await section.getByRole('alert').innerText()).toMatch(expected);
    });

    it('shows a state that may not be read beside events that may', async () => {
      let queries = 0;
      proxy.choose = ({ operation }) => (operation === 'Query' && ++queries > 2 ? 'throughput exceeded' : undefined);
      await go(aggregate({ version: '3' }));
      await eventually(async () => expect(await alert()).toMatch(/ProvisionedThroughputExceeded/));
      expect(await page.locator('.timeline li').count()).toBe(100);
      proxy.choose = () => undefined;
      await page.getByRole('button', { name: 'Try again' }).click();
      await eventually(async () =>
        expect(await page.locator('pre[aria-label=State]').innerText()).toContain('"version": 3'),
      );
    });

    it.each([
      ['access denied', /AccessDeniedException[^]*GetRecords on the stream/],
      ['expired token', /ExpiredTokenException[^]*Sign in again/],
    ] as const)('ends live events at "%s", and begins again when it is asked to', async (fault, expected) => {
      whenever(fault, 'DescribeStream', 'GetRecords');
      await go('/live');
      await eventually(async () => expect(await alert()).toMatch(expected));
      const status = page.getByRole('status').first();
      await eventually(async () => expect(await status.textContent()).toBe('It has ended.'));
      proxy.choose = () => undefined;
      await page.getByRole('button', { name: 'Try again' }).click();
      await eventually(async () => expect(await status.textContent()).toMatch(/^Live: /));
      expect(await page.getByRole('alert').count()).toBe(0);
    });

    describe('in light and dark colours, 360 pixels wide', () => {
      beforeAll(() => page.setViewportSize({ width: 360, height: 740 }));

      it.each([
        ['projections', '/projections', undefined],
        ['a time', aggregate({ at: '2026-01-01T07:30' }), undefined],
        ['a version that is none', aggregate({ version: '999' }), undefined],
        ['a refusal', aggregate(), 'access denied'],
      ] as const)('%s: nothing for axe to find, nothing beside the screen', async (_, path, fault) => {
        if (fault) whenever(fault, 'Query');
        await go(path);
        expect(await violationsInEveryColour(page)).toEqual([]);
      });
    });

    it('says on every page that the explorer has ended', async () => {
      // Not the page that is watched: the browser reports each connection that is refused.
      const last = await page.context().newPage();
      const problem = () => last.getByRole('alert').first().innerText();
      await last.goto(new URL('/live', explorer.url).href);
      await eventually(async () => expect(await last.getByRole('status').first().textContent()).toMatch(/^Live: /));
      await explorer.close();
      await eventually(async () => expect(await problem()).toMatch(/Disconnected[^]*Start it again/));
      await last.getByRole('link', { name: 'Projections' }).click();
      await eventually(async () => {
        expect(await last.locator('h1').textContent()).toBe('Projections');
        expect(await problem()).toMatch(/Disconnected[^]*Start it again/);
      });
    });
  });
});

const PARK = { maxAttempts: 1, onFailure: () => undefined };

/** A projection has handled the first events, but for one at which an aggregate is parked. */
const fill = async (pokemons: Pokemons, handle: () => Promise<unknown>): Promise<void> => {
  const push = (aggregateId: string, version: number) =>
    pokemons.pushEvent({
      aggregateId,
      version,
      type: 'POKEMON_LEVELED_UP',
      timestamp: timeOf(version),
      payload: { by: 7 },
    });
  await push('pikachu', 1);
  for (const version of [1, 2, 3]) await push(HOSTILE, version);
  await handle();
  for (let version = 2; version <= EVENTS; version++) await push('pikachu', version);
};
