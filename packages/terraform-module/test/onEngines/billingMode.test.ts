import { cpSync } from 'node:fs';
import { join } from 'node:path';

import { describeOnSomeEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';
import { describeWithTerraform } from '@castore-dynamodb/testing/terraform';

const MODULE = join(__dirname, '..', '..');

describeWithTerraform('switching the billing mode', terraform => {
  const copy = join(terraform.folder, 'module');

  beforeAll(async () => {
    cpSync(MODULE, copy, { recursive: true, filter: path => !/[\\/](\.terraform|examples)/.test(path) });
    await terraform.succeed(copy, ['init', '-test-directory=test/onEngines'], {});
  }, 60_000);

  describeOnSomeEngine('keeps the table', ({ endpoint }) => {
    it('on the way to on-demand capacity, and refuses the way to provisioned capacity that needs a command', async () => {
      const args = ['test', '-test-directory=test/onEngines', '-var', `name=${uniqueTableName('billing-mode')}`];

      expect(await terraform.run(copy, args, { AWS_ENDPOINT_URL_DYNAMODB: endpoint })).toMatchObject({
        exitCode: 0,
        output: expect.stringContaining('5 passed, 0 failed.'),
      });
    }, 120_000);
  });
});
