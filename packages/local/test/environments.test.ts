import { describeOnEveryEngine } from '@castore-dynamodb/testing/engines';

import { STRANGE_ENVIRONMENTS } from './programs/environments.js';
import { runProgram } from './programs/runProgram.js';

/** Without credentials, which are then made up. */
const NO_CREDENTIALS = { AWS_EC2_METADATA_DISABLED: 'true', AWS_SHARED_CREDENTIALS_FILE: '/nowhere' };

describeOnEveryEngine('an environment that asks for', ({ engine, endpoint }) => {
  it.concurrent.each(Object.entries(STRANGE_ENVIRONMENTS))('%s', async (_, environment) => {
    const env = { ...environment, ...NO_CREDENTIALS, DYNAMODB_ENDPOINT: endpoint };
    const { ended } = await runProgram('start.mjs', ['', 'lists tables'], { env });

    expect(await ended).toMatchObject({ exitCode: 0, errors: '', output: expect.stringMatching(/\n\d+ tables\n$/) });
  });

  it.concurrent.each(['all of these', 'both in the default profile', 'a relative folder for temporary files'])(
    '%s, on an engine that is started',
    async name => {
      const { ended } = await runProgram('start.mjs', [engine, 'lists tables'], {
        env: STRANGE_ENVIRONMENTS[name] ?? {},
      });

      expect(await ended).toMatchObject({ exitCode: 0, errors: '', output: expect.stringMatching(/\n0 tables\n$/) });
    },
  );
});
