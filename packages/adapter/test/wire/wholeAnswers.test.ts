import { caught, context, rejection } from '../support.js';
import { type Answer, answeringClient, streamOf } from './answeringClient.js';
import { describeOnEverySdk } from './sdkVersions.js';

const item = (version: number) => ({
  aggregateId: { S: 'pikachu' },
  version: { N: String(version) },
  type: { S: 'POKEMON_CAUGHT' },
  timestamp: { S: caught('pikachu', version).timestamp },
});
const page = (versions: number[], hasMore = false): string =>
  JSON.stringify({
    Items: versions.map(item),
    Count: versions.length,
    ScannedCount: versions.length,
    ...(hasMore
      ? { LastEvaluatedKey: { aggregateId: { S: 'pikachu' }, version: { N: String(versions.at(-1)) } } }
      : {}),
  });
const events = (...versions: number[]) => versions.map(version => caught('pikachu', version));

/** What stands for an answer if something between a client and DynamoDB answers in its place. */
const EMPTY = ['{}', '', '{"Count":3}', '{"Items":null,"Count":0}', '{"message":"Service restarted"}'];

describeOnEverySdk('An answer that is no answer', ({ sdk, adapter: { DynamoDbEventStorageAdapter, ...table } }) => {
  let answers: string[] = [];
  let last = '';
  const answer = (): Answer => ({ body: streamOf(answers.shift() ?? last) });
  const { client, requests } = answeringClient(sdk, answer, { maxAttempts: 1 });
  const adapter = new DynamoDbEventStorageAdapter({ tableName: 'pokemons', dynamoDbClient: client });
  const gapless = new DynamoDbEventStorageAdapter({ tableName: 'pokemons', dynamoDbClient: client, gapless: true });
  const reference = { tableName: 'pokemons', layout: 'table-per-store' } as const;
  const answerWith = (...bodies: string[]): void => {
    requests.splice(0);
    answers = bodies;
    last = bodies.at(-1) as string;
  };
  const stream = async () => {
    const streamed = [];
    for await (const event of adapter.streamEvents('pikachu', context)) streamed.push(event);
    return streamed;
  };

  it.each(EMPTY)('to a read is asked again: %p', async empty => {
    answerWith(empty, page([1, 2]));
    await expect(adapter.getEvents('pikachu', context)).resolves.toStrictEqual({ events: events(1, 2) });
    expect(requests).toHaveLength(2);
  });

  it.each(EMPTY)('never ends a read of several pages early: %p', async empty => {
    answerWith(page([1, 2], true), empty, page([3], true), empty, empty, page([4]));
    await expect(adapter.getEvents('pikachu', context)).resolves.toStrictEqual({ events: events(1, 2, 3, 4) });
    answerWith(page([1, 2], true), empty, page([3]));
    await expect(stream()).resolves.toStrictEqual(events(1, 2, 3));
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['a read', () => adapter.getEvents('pikachu', context), 'Items'],
    ['a read with a limit', () => adapter.getEvents('pikachu', context, { limit: 1, reverse: true }), 'Items'],
    ['a stream of events', stream, 'Items'],
    ['a listing', () => adapter.listAggregateIds(context), 'Items'],
    ['a listing with a limit', () => adapter.listAggregateIds(context, { limit: 1 }), 'Items'],
    ['the read of a predecessor', () => gapless.pushEvent(caught('pikachu', 2), context), 'Count'],
    ['describeEventTable', () => table.describeEventTable(client, reference), 'Table'],
    ['checkEventTable', () => table.checkEventTable(adapter), 'Table'],
    ['createEventTable', () => table.createEventTable(client, reference), 'TableDescription'],
    ['deleteEventTable', () => table.deleteEventTable(client, reference), 'TableDescription'],
  ])('that lasts fails %s by name, after three attempts', async (_, act, member) => {
    answerWith('{}');
    const error = await rejection(act());
    expect(error).toMatchObject({ code: 'IncompleteAnswerError', member });
    expect((error as Error).message).toContain('"pokemons"');
    expect(requests).toHaveLength(3);
  });

  it('in the middle of a read fails it, if it lasts', async () => {
    answerWith(page([1, 2], true), '{}');
    expect(await rejection(adapter.getEvents('pikachu', context))).toMatchObject({ code: 'IncompleteAnswerError' });
  });

  it('of "null" is no empty one either', async () => {
    answerWith('null');
    await rejection(adapter.getEvents('pikachu', context));
    await rejection(adapter.listAggregateIds(context));
  });
});
