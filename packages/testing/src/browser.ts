import { existsSync } from 'node:fs';

import { type Browser, chromium } from 'playwright-core';

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
