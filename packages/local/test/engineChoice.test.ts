import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describeOnEveryEngine } from '@castore-dynamodb/testing/engines';

import { parseJavaVersion } from '../src/java.js';
import { runProgram } from './programs/runProgram.js';

/** A platform that Dynoxide has no package for. */
const OTHER_PLATFORM = 'sunos';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A `JAVA_HOME` with a `java` of that version, which does no more than that script with any other arguments. */
const fakeJavaHome = (version: string, script = ''): string => {
  const folder = mkdtempSync(join(tmpdir(), 'fake-java-'));
  folders.push(folder);
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'java'),
    `#!/bin/sh\nif [ "$1" = -version ]; then echo 'openjdk version "${version}"' >&2; exit; fi\n${script}\n`,
    { mode: 0o755 },
  );

  return folder;
};

/** What became of `startLocalDynamoDb` on a machine with that Java alone. */
const tryToStart = async ({ PATH = '', JAVA_HOME = '', platform, ...others }: Record<string, string | undefined>) => {
  const args = platform === undefined ? [] : [platform];
  const { ended } = await runProgram('tryToStart.mjs', args, { env: { PATH, JAVA_HOME, ...others } });
  const { output, errors } = await ended;

  return { errors, ...(JSON.parse(output) as Record<string, unknown>) };
};

describeOnEveryEngine('the choice', ({ engine }) => {
  it('falls on the engine that this machine has', async () => {
    const { PATH, JAVA_HOME } = process.env;
    const machine = {
      'dynamodb-local': { PATH, JAVA_HOME },
      dynoxide: {},
    };

    expect(await tryToStart(machine[engine])).toEqual({ engine, errors: '' });
  });
});

describe('on a machine without an engine', () => {
  it('one error says why there is none, and what helps', async () => {
    const error = await tryToStart({ platform: OTHER_PLATFORM });

    expect(error).toEqual({
      name: 'NoEngineFoundError',
      code: 'NoEngineFoundError',
      engines: [
        { name: 'dynamodb-local', missing: 'no Java 17 or newer was found in JAVA_HOME or the PATH' },
        { name: 'dynoxide', missing: `the optional package @dynoxide/sunos-${process.arch} is not installed` },
      ],
      message: expect.stringMatching(/Java 17.*JAVA_HOME.*optional dependencies.*DYNAMODB_ENDPOINT/s),
      errors: '',
    });
  });

  it.each([
    ['17.0.1-ea', undefined],
    ['16.0.2', '16'],
    ['1.8.0_392', '8'],
  ])('Java %s is judged by its version', async (version, tooOld) => {
    const JAVA_HOME = fakeJavaHome(version, 'exit 1');
    const { code, message } = (await tryToStart({ JAVA_HOME, platform: OTHER_PLATFORM })) as Record<string, string>;

    expect(code).toBe(tooOld === undefined ? 'EngineStartError' : 'NoEngineFoundError');
    if (tooOld !== undefined) expect(message).toContain(`${join(JAVA_HOME, 'bin', 'java')} is Java ${tooOld}`);
  });

  it('the Java in the PATH is used if the one in JAVA_HOME is too old', async () => {
    const PATH = join(fakeJavaHome('21.0.4', 'echo this is the one >&2; exit 1'), 'bin');
    const error = await tryToStart({ PATH, JAVA_HOME: fakeJavaHome('11.0.2'), platform: OTHER_PLATFORM });

    expect(error).toMatchObject({ output: 'this is the one' });
  });
});

describe('an engine that does not start', () => {
  it('has its output in the error, and nowhere else', async () => {
    const JAVA_HOME = fakeJavaHome('17.0.15', 'echo noise; echo out of memory >&2; exit 3');

    expect(await tryToStart({ JAVA_HOME })).toEqual({
      name: 'EngineStartError',
      code: 'EngineStartError',
      engine: 'dynamodb-local',
      output: 'out of memory',
      message: 'dynamodb-local ended instead of starting. It wrote:\nout of memory',
      errors: '',
    });
  });

  it('has the reason in the error if there is no folder for its temporary files', async () => {
    expect(await tryToStart({ JAVA_HOME: fakeJavaHome('17.0.15', 'exit 3'), TMPDIR: '/dev/null' })).toMatchObject({
      code: 'EngineStartError',
      output: expect.stringContaining("mkdir '/dev/null/castore-dynamodb-local-"),
    });
  });

  it('says so if it wrote nothing', async () => {
    expect(await tryToStart({ JAVA_HOME: fakeJavaHome('17.0.15', 'exit 3') })).toMatchObject({
      message: 'dynamodb-local ended instead of starting. It wrote nothing.',
    });
  });
});

it.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['openjdk version "25-ea" 2025-09-16', 25],
  ['java version "1.8.0_392"', 8],
  ['Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "21" 2023-09-19', 21],
  ['The operation couldn’t be completed. Unable to locate a Java Runtime.', undefined],
])('the version in %j is %p', (output, version) => {
  expect(parseJavaVersion(output)).toBe(version);
});
