import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  type TableDescription,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';

import { createTableRequest } from '../../../test-support/createTableRequest.js';
import { describeOnEveryEngine, uniqueTableName } from '../../../test-support/engines.js';
import { onlyResource, testApp } from '../../../test-support/synthesis.js';
import { EventTable } from '../src/index.js';

const { stack, template } = testApp();
const within = stack();
new EventTable(within, 'Events', { stream: dynamodb.StreamViewType.NEW_IMAGE });

// That it has the keys and the index of the adapters is shown in oneTable.test.ts, for both layouts.
describeOnEveryEngine('the synthesized table', ({ client: newClient }) => {
  const client = newClient();

  it('is on-demand, protected from deletion, and streams new images', async () => {
    const TableName = uniqueTableName('cdk');
    const synthesized = onlyResource(template(within), 'AWS::DynamoDB::GlobalTable');

    await client.send(new CreateTableCommand(createTableRequest(synthesized, TableName)));
    const { Table = {} } = await client.send(new DescribeTableCommand({ TableName }));
    expect(Table).toMatchObject<TableDescription>({
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      DeletionProtectionEnabled: true,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    });

    await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
    await client.send(new DeleteTableCommand({ TableName }));
  });
});
