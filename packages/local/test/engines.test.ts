import { CreateTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';

import { describeOnEveryEngine, uniqueTableName } from '../../../test-support/engines.js';

describeOnEveryEngine('the engine', engine => {
  it('creates a table that any client of the endpoint sees', async () => {
    const TableName = uniqueTableName();
    await engine.client().send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );

    const elsewhere = engine.client({ region: 'eu-west-3', credentials: { accessKeyId: 'x', secretAccessKey: 'y' } });
    const { TableNames } = await elsewhere.send(new ListTablesCommand({}));

    expect(TableNames).toContain(TableName);
  });
});
