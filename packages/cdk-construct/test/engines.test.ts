import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  type TableDescription,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { createTableRequest } from '@castore-dynamodb/testing/createTableRequest';
import { describeOnEveryEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';
import { onlyResource, testApp } from '@castore-dynamodb/testing/synthesis';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';

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
