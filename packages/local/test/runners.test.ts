import { preset } from '@castore-dynamodb/testing/preset';

import { runJest, runVitest } from './programs/runProject.js';

const WITHOUT_JAVA = { PATH: '', JAVA_HOME: '' };

/** On a machine without an engine; the error is recognised by its code. */
const TESTS = `
  const codeOf = options => startLocalDynamoDb(options).then(() => 'none', error => error.code);

  it('tells its errors by their codes', async () => {
    Object.defineProperty(process, 'platform', { value: 'sunos' });
    expect(await codeOf()).toBe('NoEngineFoundError');
    expect(await codeOf({ engine: 'dynoxide' })).toBe('NoEngineFoundError');
    expect(await codeOf({ port: 8000 })).toBe('InvalidArgumentError');
    process.env.DYNAMODB_ENDPOINT = 'nowhere';
    expect(await codeOf()).toBe('EndpointUnusableError');
  });
`;

/** Each gives test files globals of their own, while the errors of Node come from outside of them. */
it('Jest', async () => {
  const { exitCode, output } = await runJest(
    {
      'jest.config.mjs': 'export default {};',
      'some.test.js': `const { startLocalDynamoDb } = require('@castore-dynamodb/local');\n${TESTS}`,
    },
    WITHOUT_JAVA,
  );

  expect(output).toContain('1 passed');
  expect(exitCode).toBe(0);
});

it.each(preset({ quick: ['vmThreads'], soak: ['threads', 'vmThreads'] }))('Vitest with its pool %s', async pool => {
  const { exitCode, output } = await runVitest(
    {
      'vitest.config.mjs': `export default { test: { pool: '${pool}' } };`,
      'some.test.mjs': `
      import { startLocalDynamoDb } from '@castore-dynamodb/local';
      import { expect, it } from 'vitest';\n${TESTS}`,
    },
    WITHOUT_JAVA,
  );

  expect(output).toContain('1 passed');
  expect(exitCode).toBe(0);
});
