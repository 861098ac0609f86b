import { describeOnEveryEngine, describeOnSomeEngine } from '@castore-dynamodb/testing/engines';
import { isSoak } from '@castore-dynamodb/testing/preset';

import { STRANGE_ENVIRONMENTS } from './programs/environments.js';
import { runProgram } from './programs/runProgram.js';

/** Without credentials, which are then made up. */
const NO_CREDENTIALS = { AWS_EC2_METADATA_DISABLED: 'true', AWS_SHARED_CREDENTIALS_FILE: '/nowhere' };

describeOnSomeEngine('an environment that asks for', ({ endpoint }) => {
  it.concurrent.each(Object.entries(STRANGE_ENVIRONMENTS))('%s', async (_, environment) => {
    const env = { ...environment, ...NO_CREDENTIALS, DYNAMODB_ENDPOINT: endpoint };
    const { ended } = await runProgram('start.mjs', ['', 'lists tables'], { env });

    expect(await ended).toMatchObject({ exitCode: 0, errors: '', output: expect.stringMatching(/\n\d+ tables\n$/) });
  });
});

describeOnEveryEngine('an environment of an engine that is started, which asks for', ({ engine }) => {
  // What an environment does to clients has nothing to do with the engine, and Java takes seconds of work to start.
  const all = ['a relative folder for temporary files', 'all of these', 'both in the default profile'];
  const names = !isSoak && engine === 'dynamodb-local' ? all.slice(0, 1) : all;

  it.concurrent.each(names)('%s', async name => {
    const env = STRANGE_ENVIRONMENTS[name] ?? {};
    const { ended } = await runProgram('start.mjs', [engine, 'lists tables'], { env });

    expect(await ended).toMatchObject({ exitCode: 0, errors: '', output: expect.stringMatching(/\n0 tables\n$/) });
  });
});
