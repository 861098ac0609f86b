import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'aws-config-'));
const configFile = join(folder, 'config');
writeFileSync(
  configFile,
  ['default', 'profile team']
    .map(section => `[${section}]\nuse_fips_endpoint = true\nuse_dualstack_endpoint = true\nregion = eu-south-1\n`)
    .join('endpoint_url = http://127.0.0.1:9\n'),
);

/** Below the working folder: a path that begins with `..` may lead to the same place from another one. */
const folderBelow = mkdtempSync(join(__dirname, '../../node_modules/.tmp-'));

afterAll(() => {
  for (const each of [folder, folderBelow]) rmSync(each, { recursive: true });
});

const NOBODY = 'http://127.0.0.1:9';

const PROXIES = Object.fromEntries(
  ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap(name => [
    [name, NOBODY],
    [name.toLowerCase(), NOBODY],
  ]),
);

const EACH: Record<string, NodeJS.ProcessEnv> = {
  'FIPS endpoints': { AWS_USE_FIPS_ENDPOINT: 'true' },
  'dual-stack endpoints': { AWS_USE_DUALSTACK_ENDPOINT: 'true' },
  'both, and another endpoint, in a profile': { AWS_CONFIG_FILE: configFile, AWS_PROFILE: 'team' },
  'both in the default profile': { AWS_CONFIG_FILE: configFile },
  'a profile that is not there': { AWS_PROFILE: 'nobody', AWS_CONFIG_FILE: configFile },
  'empty variables': { AWS_REGION: '', AWS_DEFAULT_REGION: '', AWS_ACCESS_KEY_ID: '', AWS_PROFILE: '' },
  'proxies where nobody answers': { ...PROXIES, NO_PROXY: '', no_proxy: '', NODE_USE_ENV_PROXY: '1' },
  'other endpoints': { AWS_ENDPOINT_URL: 'not a URL', AWS_ENDPOINT_URL_DYNAMODB: NOBODY },
  'no endpoints from the environment': { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
  'endpoint discovery': { AWS_ENDPOINT_DISCOVERY_ENABLED: 'true' },
  'endpoints by account': { AWS_ACCOUNT_ID_ENDPOINT_MODE: 'required' },
  'a home that is no folder': { HOME: '/dev/null' },
};

/** What an environment may hold that leads clients of the AWS SDK elsewhere, or stops them. */
export const STRANGE_ENVIRONMENTS: Record<string, NodeJS.ProcessEnv> = {
  ...EACH,
  // Not among all of these, which programs in other folders run in as well.
  'a relative folder for temporary files': { TMPDIR: relative(process.cwd(), folderBelow) },
  'all of these': Object.assign({}, ...Object.values(EACH), { AWS_PROFILE: 'nobody' }),
};
