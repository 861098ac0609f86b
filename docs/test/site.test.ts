/// <reference lib="dom" />
import { execFile } from 'node:child_process';
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';

import { describeInBrowser, startBrowser } from '@castore-dynamodb/testing/browser';
import { eventually } from '@castore-dynamodb/testing/eventually';
import { isSoak, preset } from '@castore-dynamodb/testing/preset';
import type { Browser, Page } from 'playwright-core';

const DOCS = join(__dirname, '..');
const DIST = join(DOCS, '.vitepress', 'dist');
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** What people search, and the page that is to be among the first three. */
const QUESTIONS = {
  install: '/start',
  'forget a person': '/do/forget',
  'delete a user': '/do/forget',
  GDPR: '/do/forget',
  'how do I restore a table': '/do/restore',
  migrate: '/do/migrate',
  "how do I migrate from Castore's adapters": '/do/migrate',
  pricing: '/operate/costs',
  'what does it cost for 10 events a second': '/operate/costs',
  'what if my handler is slow': '/operate/slow',
  'deploy with terraform': '/do/deploy',
  'parked event': '/do/parked',
};

/** As a host of static pages does: a path without an ending is an HTML file. */
const serve = (): Promise<Server> => {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '', 'http://site').pathname);
    const file = [path, `${path}.html`, join(path, 'index.html')]
      .map(candidate => join(DIST, candidate))
      .find(candidate => candidate.startsWith(DIST) && existsSync(candidate) && statSync(candidate).isFile());
    if (file === undefined) return void response.writeHead(404).end();
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      // Their names change with what is in them.
      ...(path.startsWith('/assets/') && { 'cache-control': 'max-age=31536000, immutable' }),
    });
    createReadStream(file).pipe(response);
  });
  return new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(server)));
};

describeInBrowser('the site', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  let url: string;
  const problems: string[] = [];

  beforeAll(async () => {
    await promisify(execFile)(
      process.execPath,
      [join(DOCS, 'node_modules', 'vitepress', 'bin', 'vitepress.js'), 'build'],
      {
        cwd: DOCS,
      },
    );
    server = await serve();
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await startBrowser();
    page = await browser.newPage();
    page.on('pageerror', error => problems.push(`${page.url()}: ${String(error)}`));
    page.on('response', response => {
      const isOther = !response.url().startsWith(url);
      if (response.status() >= 400 || isOther) problems.push(`${page.url()}: ${response.status()} ${response.url()}`);
    });
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  const pagesOf = async (): Promise<string[]> => {
    await page.goto(url);
    await page.goto(`${url}/start`);
    const links = await page
      .locator('.VPSidebar a')
      .evaluateAll(all => all.map(a => (a as HTMLAnchorElement).pathname));
    return ['/', ...new Set(links)];
  };

  /** As a reader does, with a click: that takes a third of what it takes to load the page and all that is around it. */
  const follow = async (path: string): Promise<void> => {
    await page
      .locator(`a[href="${path}"]`)
      .first()
      .evaluate(link => (link as HTMLAnchorElement).click());
    await page.locator(`.vp-doc.${path.replaceAll('/', '_')}`).waitFor();
  };

  it('shows every page in a narrow window, without an error, a dead anchor, another origin or a wide line', async () => {
    const paths = await pagesOf();
    expect(paths.length).toBeGreaterThan(25);
    await page.setViewportSize({ width: 360, height: 800 });
    const anchors = new Set<string>();
    const linked = new Set<string>();
    await page.goto(url);
    for (const path of paths) {
      expect([path, (await fetch(url + path)).status]).toStrictEqual([path, 200]);
      if (path !== '/') await follow(path);
      const headings = await page.locator('h1').count();
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect({ path, headings, width }).toStrictEqual({ path, headings: 1, width: 360 });
      for (const id of await page.locator('.VPContent [id]').evaluateAll(all => all.map(element => element.id))) {
        anchors.add(`${path}#${id}`);
      }
      const hrefs = await page
        .locator('.vp-doc a[href*="#"]')
        .evaluateAll(all => all.map(a => (a as HTMLAnchorElement).href));
      for (const href of hrefs) if (href.startsWith(url)) linked.add(decodeURIComponent(href.slice(url.length)));
    }
    expect([...linked].filter(link => !anchors.has(link))).toStrictEqual([]);
    expect(linked.size).toBeGreaterThan(50);
    expect(problems).toStrictEqual([]);
  }, 120_000);

  // One of each kind: with code, a picture, a form, wide tables. The soak run looks at all of them.
  const KINDS = ['/', '/start', '/learn/events', '/operate/costs', '/know/comparison', '/packages/cli'];
  it('has no page that axe finds a fault with, light or dark', async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    for (const path of preset({ quick: KINDS, soak: await pagesOf() })) {
      await page.goto(url + path);
      await page.addScriptTag({ path: require.resolve('axe-core') });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.locator(colorScheme === 'dark' ? 'html.dark' : 'html:not(.dark)').waitFor();
        const found = await page.evaluate(async () => {
          const { axe } = window as unknown as { axe: typeof import('axe-core') };
          const { violations } = await axe.run('.VPContent', { runOnly: ['wcag2a', 'wcag2aa'] });
          return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`);
        });
        expect({ path, colorScheme, found }).toStrictEqual({ path, colorScheme, found: [] });
      }
    }
  }, 300_000);

  /** Of TypeDoc, which takes as long as all of the site's pages. */
  const itOfTheApi = isSoak ? it : () => {};
  itOfTheApi(
    'shows every public name in a narrow window, with an example and without a dead link',
    async () => {
      await promisify(execFile)(process.execPath, [join(DOCS, 'node_modules', 'typedoc', 'bin', 'typedoc')], {
        cwd: DOCS,
      });
      const kinds = ['classes', 'functions', 'interfaces', 'types', 'variables'];
      const paths = kinds.flatMap(kind => readdirSync(join(DIST, 'api', kind)).map(file => `/api/${kind}/${file}`));
      expect(paths.length).toBeGreaterThan(350);
      await page.setViewportSize({ width: 360, height: 800 });
      const linked = new Set<string>();
      for (const path of paths) {
        await page.goto(url + path);
        const examples = await page.locator('.tsd-tag-example').count();
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        expect({ path, hasExample: examples > 0, width }).toStrictEqual({ path, hasExample: true, width: 360 });
        const hrefs = await page.locator('a').evaluateAll(all => all.map(a => (a as HTMLAnchorElement).href));
        for (const href of hrefs) if (href.startsWith(url)) linked.add(href.replace(/#.*/, ''));
      }
      for (const link of linked) expect([link, (await fetch(link)).status]).toStrictEqual([link, 200]);
      expect(problems).toStrictEqual([]);
    },
    600_000,
  );

  it('finds a page by its words', async () => {
    await page.goto(`${url}/start`);
    await page.locator('#local-search button').click();
    const found = page.locator('.VPLocalSearchBox .results a');
    for (const [question, answer] of Object.entries(QUESTIONS)) {
      await page.locator('.VPLocalSearchBox input').fill(question);
      await eventually(async () => {
        const links = await found.evaluateAll(all => all.slice(0, 3).map(link => link.getAttribute('href')));
        expect({ question, links }).toStrictEqual({
          question,
          links: expect.arrayContaining([expect.stringContaining(answer)]),
        });
      });
    }
  }, 120_000);

  it('calculates with what the reader enters', async () => {
    await page.goto(`${url}/operate/costs`);
    const output = page.locator('output');
    const before = await output.textContent();
    await page.locator('input[name=eventsPerSecond]').fill('0');
    await page.locator('output', { hasText: '$0 a month' }).waitFor();
    expect(await output.textContent()).not.toBe(before);
  });
});
