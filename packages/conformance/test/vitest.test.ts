import { execFile } from 'node:child_process';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

import { CONTRACT } from '../src/checks/index.js';

/** What Vitest's JSON reporter, which has Jest's format, says of a test. */
interface ReportedTest {
  title: string;
  status: string;
  failureMessages: string[];
}

interface Report {
  testResults: { name: string; assertionResults: ReportedTest[] }[];
}

const VITEST = join(__dirname, '..', 'node_modules', 'vitest', 'vitest.mjs');
const OPTIONS = ['--root', join(__dirname, 'vitest'), '--globals', '--no-cache', '--reporter=json'];

const withStatus = (tests: readonly ReportedTest[], wanted: string): string[] =>
  tests.filter(({ status }) => status === wanted).map(({ title }) => title);

describe('under Vitest', () => {
  const reports = new Map<string, ReportedTest[]>();
  const testsOf = (file: string): ReportedTest[] => reports.get(file) ?? [];
  let exitCode: number;

  beforeAll(async () => {
    const { code, stdout } = await promisify(execFile)(process.execPath, [VITEST, 'run', ...OPTIONS]).then(
      output => ({ code: 0, ...output }),
      (error: { code: number; stdout: string }) => error,
    );
    exitCode = code;
    for (const { name, assertionResults } of (JSON.parse(stdout) as Report).testResults) {
      reports.set(basename(name), assertionResults);
    }
  });

  it('every check of the contract runs, and passes if it should', () => {
    const tests = testsOf('castore.spec.ts');
    expect(withStatus(tests, 'passed')).toHaveLength(CONTRACT.flatMap(({ checks }) => checks).length);
    expect(tests.filter(({ status }) => status !== 'passed')).toStrictEqual([]);
  });

  it('a broken promise fails the run; a known failure does not, unless it is none', () => {
    const tests = testsOf('defective.spec.ts');
    expect(withStatus(tests, 'failed')).toContainEqual(expect.stringMatching(/^the last page has no token: /));
    expect(withStatus(tests, 'passed')).toContainEqual(expect.stringMatching(/^known failure of a listing limit is/));
    expect(withStatus(tests, 'failed')).toContainEqual(expect.stringMatching(/^known failure of an empty event store/));
    expect(exitCode).toBe(1);
  });

  it('what an adapter lacks is skipped', () => {
    expect(withStatus(testsOf('defective.spec.ts'), 'skipped')).toContainEqual(
      expect.stringMatching(/^a group is stored whole: .* \(skipped: the adapter lacks groups\)$/),
    );
  });
});
