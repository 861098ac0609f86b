import {
  CreateTableCommand,
  DescribeTableCommand,
  ListTagsOfResourceCommand,
  TransactWriteItemsCommand,
  UpdateContinuousBackupsCommand,
  UpdateContributorInsightsCommand,
} from '@aws-sdk/client-dynamodb';
import { describeOnEveryEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';

describeOnEveryEngine('what the page of the package says', ({ engine, client }) => {
  const dynamoDbClient = client();
  const TableName = uniqueTableName();
  const isDynoxide = engine === 'dynoxide';

  beforeAll(() =>
    dynamoDbClient.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
        SSESpecification: { Enabled: true },
        TableClass: 'STANDARD_INFREQUENT_ACCESS',
        Tags: [{ Key: 'team', Value: 'events' }],
      }),
    ),
  );

  it('of tags, table class and encryption settings', async () => {
    const { Table } = await dynamoDbClient.send(new DescribeTableCommand({ TableName }));
    const tags = dynamoDbClient.send(new ListTagsOfResourceCommand({ ResourceArn: Table?.TableArn }));

    expect(Table?.TableClassSummary?.TableClass).toBe(isDynoxide ? 'STANDARD_INFREQUENT_ACCESS' : undefined);
    expect(Table?.SSEDescription?.Status).toBe(isDynoxide ? 'ENABLED' : undefined);
    if (isDynoxide) expect((await tags).Tags).toEqual([{ Key: 'team', Value: 'events' }]);
    else await expect(tags).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });

  it('of point-in-time recovery and contributor insights', async () => {
    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
    const backups = new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification });
    const insights = new UpdateContributorInsightsCommand({ TableName, ContributorInsightsAction: 'ENABLE' });

    await expect(dynamoDbClient.send(backups)).rejects.toMatchObject({ name: 'UnknownOperationException' });
    await expect(dynamoDbClient.send(insights)).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });

  it('of a transaction that is repeated with its token', async () => {
    const transaction = new TransactWriteItemsCommand({
      ClientRequestToken: 'token',
      TransactItems: [{ Put: { TableName, Item: { id: { S: '1' } } } }],
      ReturnConsumedCapacity: 'TOTAL',
    });
    await dynamoDbClient.send(transaction);
    const { ConsumedCapacity } = await dynamoDbClient.send(transaction);

    expect(ConsumedCapacity?.[0]?.CapacityUnits).toBe(2);
    expect(ConsumedCapacity?.[0]?.ReadCapacityUnits).toBe(isDynoxide ? 2 : undefined);
  });
});
