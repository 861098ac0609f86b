import { existsSync } from 'node:fs';

import { source as axeSource } from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where this machine has a Chromium, if it has one. */
const chromiumPath: string | undefined = [process.env.CHROMIUM_PATH, ...PATHS].find(
  path => path !== undefined && existsSync(path),
);

/** What it does by itself is none of the tests' business, and floods a network that is closed. */
const ARGUMENTS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath as string, chromiumSandbox: false, args: ARGUMENTS });

/** Tests in a real browser; without one they are skipped with the reason, or fail if `REQUIRE_CHROMIUM` is 1. */
export const describeInBrowser = (name: string, tests: () => void): void => {
  if (chromiumPath !== undefined) describe(name, tests);
  else if (process.env.REQUIRE_CHROMIUM === '1') {
    it(name, () => {
      throw new Error(`There is no Chromium at ${PATHS.join(' or ')}; CHROMIUM_PATH may name another place.`);
    });
  } else it.skip(`${name} (skipped: needs Chromium)`, () => undefined);
};

/** A page, and what it does that none may do: asks another origin, throws, writes errors to the console, opens a dialog. */
export const newWatchedPage = async (context: BrowserContext, origin: string, faults: string[]): Promise<Page> => {
  const page = await context.newPage();
  page.on('request', request => {
    if (new URL(request.url()).origin !== origin) faults.push(`request to ${request.url()}`);
  });
  page.on('pageerror', error => faults.push(error.message));
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  page.on('dialog', dialog => {
    faults.push(dialog.message());
    void dialog.dismiss();
  });
  return page;
};

/** What axe-core has against the page, each with the place. */
export const accessibilityViolations = async (page: Page): Promise<readonly unknown[]> => {
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(axeSource);
  return page.evaluate(`axe.run().then(({ violations }) =>
    violations.map(({ id, nodes }) => [id, ...nodes.map(({ target, failureSummary }) => target + ' ' + failureSummary)]))`);
};

const COLOR_SCHEMES = ['light', 'dark'] as const;

/** What `accessibilityViolations` finds in light and in dark colours, and whatever is wider than the screen. */
export const violationsInEveryColour = async (page: Page): Promise<unknown[]> => {
  const found: unknown[] = [];
  for (const colorScheme of COLOR_SCHEMES) {
    await page.emulateMedia({ colorScheme });
    const violations = await accessibilityViolations(page);
    const isTooWide = await page.evaluate(
      'document.documentElement.scrollWidth > document.documentElement.clientWidth',
    );
    if (violations.length > 0 || isTooWide) found.push({ colorScheme, violations, isTooWide });
  }
  return found;
};
