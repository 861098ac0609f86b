import { cpSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { eventTableOperations } from '@castore-dynamodb/table';
import { describeWithTerraform } from '@castore-dynamodb/testing/terraform';

import { cdkLiveFeed } from './oneLiveFeed/cdkLiveFeed.js';
import { CONNECTIONS, FEED } from './oneLiveFeed/liveFeedShape.js';
import { terraformTest } from './oneLiveFeed/terraformLiveFeed.js';

const MODULE = resolve(__dirname, '..', 'packages', 'terraform-module', 'modules', 'live-feed');

const byCdk = cdkLiveFeed();

describe('a live feed by CDK', () => {
  it('lets its functions do what the operations need, and use the stage’s connections', () => {
    const { liveFeedConnections, liveFeedDeliveries } = eventTableOperations;
    const connections = ['POST', 'DELETE'].map(method => `execute-api:ManageConnections on ${CONNECTIONS(method)}`);
    const { permissions } = byCdk();
    expect(permissions.webSocket).toEqual(
      [
        ...liveFeedConnections.projectionTable.map(action => `${action} on ${FEED.feedTableArn}`),
        ...liveFeedConnections.table.map(action => `${action} on ${FEED.eventTableArn}`),
        ...connections,
      ].toSorted(),
    );
    const deliveries = liveFeedDeliveries.projectionTable.map(action => `${action} on ${FEED.feedTableArn}`);
    expect(permissions.stream).toEqual([...deliveries, ...connections].toSorted());
  });
});

describeWithTerraform('a live feed', terraform => {
  it('is the same by CDK and by Terraform', async () => {
    const copy = join(terraform.folder, 'live-feed');
    cpSync(MODULE, copy, { recursive: true, filter: path => !/[\\/]\.terraform/.test(path) });
    writeFileSync(join(copy, 'same.tftest.hcl'), terraformTest(byCdk()));
    await terraform.succeed(copy, ['init']);
    const { exitCode, output } = await terraform.run(copy, ['test']);
    expect({ exitCode, output }).toMatchObject({ exitCode: 0, output: expect.stringContaining('1 passed, 0 failed.') });
  }, 120_000);
});
