import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  type TableDescription,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { EVENT_TABLE_LAYOUTS, eventTableDefinition } from '@castore-dynamodb/table';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';

import { createTableRequest, definitionOf } from '../../../test-support/createTableRequest.js';
import { describeOnEveryEngine, uniqueTableName } from '../../../test-support/engines.js';
import { EventTable } from '../src/index.js';
import { onlyResource, testApp } from './synthesis.js';

const { stack, template } = testApp();

const layouts = EVENT_TABLE_LAYOUTS.map(layout => {
  const within = stack();
  new EventTable(within, 'Events', { layout, stream: dynamodb.StreamViewType.NEW_IMAGE });
  return { layout, synthesized: () => onlyResource(template(within), 'AWS::DynamoDB::GlobalTable') };
});

describeOnEveryEngine('the synthesized table', ({ client: newClient }) => {
  const client = newClient();

  it.each(layouts)('of layout $layout is that of eventTableDefinition', async ({ layout, synthesized }) => {
    const definition = eventTableDefinition(layout);
    const TableName = uniqueTableName('cdk');

    await client.send(new CreateTableCommand(createTableRequest(synthesized(), TableName)));
    const { Table = {} } = await client.send(new DescribeTableCommand({ TableName }));

    expect(definitionOf(Table, definition)).toEqual(definition);
    expect(Table).toMatchObject<TableDescription>({
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      DeletionProtectionEnabled: true,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    });

    await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
    await client.send(new DeleteTableCommand({ TableName }));
  });
});
