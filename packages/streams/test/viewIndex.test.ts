import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';

import { uniqueTableName } from '../../../test-support/engines.js';
import { createStreamHandler, dynamoDbProjection, type ProjectionFailure } from '../src/index.js';
import { describeOnEveryLayout } from './support/describeOnEveryLayout.js';
import { newAggregateId } from './support/eventStores.js';
import { recordOf } from './support/recordOf.js';

describeOnEveryLayout('A view in an index', context => {
  const { pokemons, dynamoDbClient } = context;
  const tableName = uniqueTableName('indexed-views');

  beforeAll(() =>
    dynamoDbClient.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['pk', 'sk', 'trainer'].map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'byTrainer',
            KeySchema: [{ AttributeName: 'trainer', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
      }),
    ),
  );
  afterAll(() => dynamoDbClient.send(new DeleteTableCommand({ TableName: tableName })));

  it('parks the event of which DynamoDB refuses the view, and applies those before it and all others', async () => {
    const [bad, ...good] = [newAggregateId(), newAggregateId(), newAggregateId(), newAggregateId()] as const;
    const catchPokemon = async (aggregateId: string, version: number, trainerId: string) => {
      await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_CAUGHT', payload: { trainerId } });
      return recordOf(context, aggregateId, version);
    };
    const view = dynamoDbProjection<typeof pokemons, { trainer?: unknown } | undefined>({
      name: `by-trainer-${bad}`,
      eventStores: [pokemons],
      tableName,
      dynamoDbClient,
      initialView: {},
      key: ({ aggregateId }) => aggregateId,
      project: {
        // A key of an index must not be empty: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
        POKEMON_CAUGHT: (_, { payload }) => ({ trainer: payload.trainerId }),
      },
    });
    const failures: ProjectionFailure[] = [];
    const handler = createStreamHandler({
      projections: [view],
      onFailure: failure => void failures.push(failure),
      maxAttempts: 2,
    });
    const Records = [
      await catchPokemon(good[0], 1, 'ash'),
      await catchPokemon(bad, 1, 'ash'),
      await catchPokemon(bad, 2, 'misty'),
      await catchPokemon(bad, 3, ''),
      await catchPokemon(good[1], 1, 'ash'),
      await catchPokemon(good[2], 1, 'ash'),
    ];

    await expect(handler({ Records })).resolves.toStrictEqual({ batchItemFailures: [] });
    expect(failures).toMatchObject([
      { kind: 'event', aggregateId: bad, version: 3, error: { code: 'UnstorableViewError', key: bad } },
    ]);
    await expect(view.listParked()).resolves.toMatchObject([{ aggregateId: bad, version: 3 }]);
    await expect(view.getView(bad)).resolves.toStrictEqual({ trainer: 'misty' });
    for (const id of good) await expect(view.getView(id)).resolves.toStrictEqual({ trainer: 'ash' });
    await catchPokemon(bad, 4, 'ash');
    await expect(view.retryParked({ eventStoreId: 'POKEMONS', aggregateId: bad }, { skip: true })).resolves.toBe(
      'done',
    );
    await expect(view.getView(bad)).resolves.toStrictEqual({ trainer: 'ash' });
  });
});
