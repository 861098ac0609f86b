import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';

import { DynamoDbEventStorageAdapter } from '../../src/index.js';
import { caught, context, rejection } from '../support.js';

/** As users' own unit tests have it: a client that answers by hand, with as little as their code needs. */
describe('a client stubbed by aws-sdk-client-mock', () => {
  const dynamoDbClient = new DynamoDBClient({ region: 'us-east-1' });
  const mock = mockClient(dynamoDbClient);
  const adapter = new DynamoDbEventStorageAdapter({ tableName: 'pokemons', dynamoDbClient });
  const event = caught('pikachu', 1, { payload: { level: 42 } });
  const item = {
    aggregateId: { S: 'pikachu' },
    version: { N: '1' },
    type: { S: event.type },
    timestamp: { S: event.timestamp },
    payload: { M: { level: { N: '42' } } },
  };
  const group = () =>
    [1, 2].map(version =>
      Object.assign(adapter.groupEvent({ aggregateId: 'pikachu', version, type: 'T' }), { context }),
    ) as Parameters<typeof adapter.pushEventGroup> extends [unknown, ...infer EVENTS] ? EVENTS : never;

  beforeEach(() => mock.reset());

  it('answers a read, with nothing but items', async () => {
    mock.on(QueryCommand).resolves({ Items: [item] });
    await expect(adapter.getEvents('pikachu', context)).resolves.toStrictEqual({ events: [event] });
    await expect(adapter.getEvents('pikachu', context, { limit: 1 })).resolves.toStrictEqual({ events: [event] });
    expect(mock.commandCalls(QueryCommand, { TableName: 'pokemons' })).toHaveLength(2);
  });

  it('answers a read with no items', async () => {
    mock.on(QueryCommand).resolves({ Items: [] });
    await expect(adapter.getEvents('pikachu', context)).resolves.toStrictEqual({ events: [] });
    await expect(adapter.listAggregateIds(context)).resolves.toStrictEqual({ aggregateIds: [] });
  });

  it('answers a read with nothing at all, which is asked again and then refused', async () => {
    mock.on(QueryCommand).resolves({});
    await expect(adapter.getEvents('pikachu', context)).rejects.toMatchObject({ code: 'IncompleteAnswerError' });
    expect(mock.commandCalls(QueryCommand)).toHaveLength(3);
    await expect(adapter.listAggregateIds(context)).rejects.toMatchObject({ code: 'IncompleteAnswerError' });
  });

  it('answers a read page by page', async () => {
    const LastEvaluatedKey = { aggregateId: { S: 'pikachu' }, version: { N: '1' } };
    mock
      .on(QueryCommand)
      .resolvesOnce({ Items: [item], LastEvaluatedKey })
      .resolvesOnce({ Items: [{ ...item, version: { N: '2' } }] });
    await expect(adapter.getEvents('pikachu', context, { limit: 2 })).resolves.toStrictEqual({
      events: [event, { ...event, version: 2 }],
    });
    expect(mock.commandCalls(QueryCommand, { ExclusiveStartKey: LastEvaluatedKey, Limit: 1 })).toHaveLength(1);
  });

  it('takes writes', async () => {
    mock.on(PutItemCommand).resolves({});
    mock.on(TransactWriteItemsCommand).resolves({});
    await expect(adapter.pushEvent(event, context)).resolves.toStrictEqual({ event });
    await expect(adapter.pushEventGroup({}, ...group())).resolves.toMatchObject({ eventGroup: [{}, {}] });
    expect(mock.commandCalls(PutItemCommand)[0]?.args[0].input).toMatchObject({ TableName: 'pokemons', Item: item });
    expect(mock.commandCalls(TransactWriteItemsCommand)).toHaveLength(1);
  });

  it('refuses a write', async () => {
    const refusal = new ConditionalCheckFailedException({ message: 'no', $metadata: {}, Item: item });
    mock.on(PutItemCommand).rejects(refusal);
    const conflict = await rejection(adapter.pushEvent(event, context));
    expect(conflict).toMatchObject({ code: 'EventAlreadyExistsError', winningEvent: event, cause: refusal });
  });

  it('fails', async () => {
    mock.onAnyCommand().rejects('The mock is out of order.');
    for (const attempt of [adapter.getEvents('pikachu', context), adapter.pushEvent(event, context)]) {
      await expect(attempt).rejects.toThrow('The mock is out of order.');
    }
  });
});
