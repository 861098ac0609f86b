import { cpSync } from 'node:fs';
import { join } from 'node:path';

import { describeOnSomeEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';
import { describeWithTerraform } from '@castore-dynamodb/testing/terraform';

const MODULE = join(__dirname, '..', '..');

describeWithTerraform('switching the billing mode', terraform => {
  const copy = join(terraform.folder, 'module');

  beforeAll(() => {
    cpSync(MODULE, copy, { recursive: true, filter: path => !/[\\/](\.terraform|examples)/.test(path) });
  });

  describeOnSomeEngine('keeps the table', ({ endpoint }) => {
    it('on the way to on-demand capacity, and refuses the way to provisioned capacity that needs a command', async () => {
      const commands = terraform.at(endpoint);
      await commands.succeed(copy, ['init', '-test-directory=test/onEngines']);
      const args = ['test', '-test-directory=test/onEngines', '-var', `name=${uniqueTableName('billing-mode')}`];

      expect(await commands.run(copy, args)).toMatchObject({
        exitCode: 0,
        output: expect.stringContaining('5 passed, 0 failed.'),
      });
    }, 120_000);
  });
});
