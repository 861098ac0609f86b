import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';

import { createStreamHandler, InMemoryCheckpointStore, projection, type StreamHandlerOptions } from '../src/index.js';
import { describeOnEveryLayout } from './support/describeOnEveryLayout.js';
import { newAggregateId, newPokemons } from './support/eventStores.js';
import { recordOf } from './support/recordOf.js';

const kinesisData = Buffer.from(JSON.stringify({ eventSource: 'aws:dynamodb', dynamodb: {} })).toString('base64');

describeOnEveryLayout('What a stream handler is called with', context => {
  const { pokemons, tableNames } = context;

  const newLog = (options: Partial<StreamHandlerOptions> = {}, eventStores = [pokemons]) => {
    const handled: string[] = [];
    const log = projection({
      name: 'log',
      eventStores,
      checkpoints: new InMemoryCheckpointStore(),
      on: { POKEMON_NAMED: ({ aggregateId, version }) => void handled.push(`${aggregateId} ${version}`) },
    });
    const handler = createStreamHandler({ projections: [log], ...options });
    return { handled, call: (event?: unknown, lambda?: unknown) => handler(event as never, lambda as never) };
  };

  const push = async () => {
    const aggregateId = newAggregateId();
    await pokemons.pushEvent({ aggregateId, version: 1, type: 'POKEMON_NAMED', payload: 'Pika' });
    const record = await recordOf(context, aggregateId, 1);
    return { aggregateId, record: { ...record, eventName: 'INSERT', eventSource: 'aws:dynamodb' } };
  };

  it('is handled if it is the array with which EventBridge Pipes calls', async () => {
    const { aggregateId, record } = await push();
    const { handled, call } = newLog();
    await expect(call([record])).resolves.toStrictEqual({ batchItemFailures: [] });
    expect(handled).toStrictEqual([`${aggregateId} 1`]);
    await expect(call([])).resolves.toStrictEqual({ batchItemFailures: [] });
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'nothing'],
    ['null', null, 'null'],
    ['a string', 'x', '"x"'],
    ['an empty object, as of the test in the console', {}, 'an object without Records'],
    ['a scheduled event', { source: 'aws.events', 'detail-type': 'Scheduled Event' }, 'an event of "aws.events"'],
    ['a message of SQS', { Records: [{ eventSource: 'aws:sqs', body: '{}' }] }, 'a record of "aws:sqs"'],
    ['a message of SNS', { Records: [{ EventSource: 'aws:sns', Sns: {} }] }, 'a record of "aws:sns"'],
    [
      'a record of Kinesis',
      { Records: [{ eventSource: 'aws:kinesis', kinesis: { data: kinesisData } }] },
      'a record of "aws:kinesis"',
    ],
    [
      'a decoded record of Kinesis Data Streams for DynamoDB',
      [{ eventSource: 'aws:dynamodb', recordFormat: 'application/json', tableName: 't', dynamodb: {} }],
      'a record of Kinesis Data Streams for DynamoDB',
    ],
    ['records that are none', { Records: [null] }, 'a record that is no object'],
    ['records of nothing', { Records: [{}] }, 'a record without dynamodb'],
    ['a record of no table', [{ eventSourceARN: null, dynamodb: {} }], 'a record whose eventSourceARN is no string'],
  ])('fails by name if it is %s', async (_, event, received) => {
    const { call } = newLog();
    await expect(call(event)).rejects.toMatchObject({ code: 'NotAStreamEventError', received });
  });

  it('fails by name, and handles nothing, if an item is new or changed and has no image', async () => {
    const { record } = await push();
    const keys = record.dynamodb?.NewImage;
    for (const eventName of ['INSERT', 'MODIFY', undefined]) {
      const { handled, call } = newLog();
      const bare = { ...record, eventName, dynamodb: { Keys: keys, StreamViewType: 'KEYS_ONLY' } };
      await expect(call({ Records: [record, bare] })).rejects.toMatchObject({
        code: 'StreamNotReadableError',
        tableName: tableNames.pokemons,
        streamViewType: 'KEYS_ONLY',
      });
      expect(handled).toStrictEqual([]);
    }
  });

  it('passes over items that were removed, by a person or by their time to live', async () => {
    const { record } = await push();
    const { call } = newLog();
    const userIdentity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
    const removed = { ...record, eventName: 'REMOVE', userIdentity, dynamodb: { Keys: {}, SequenceNumber: '1' } };
    await expect(call({ Records: [removed] })).resolves.toStrictEqual({ batchItemFailures: [] });
  });

  it('fails by name if it is of a table in which no event store lies, unless that is asked for', async () => {
    const { record } = await push();
    const stray = { ...record, eventSourceARN: 'arn:aws:dynamodb:us-east-1:123456789012:table/stray/stream/2026' };
    const refusing = newLog();
    await expect(refusing.call({ Records: [record, stray] })).rejects.toMatchObject({
      code: 'UnknownTableError',
      tableName: 'stray',
      knownTables: [tableNames.pokemons],
    });
    expect(refusing.handled).toStrictEqual([]);

    const ignoring = newLog({ otherTables: 'ignore' });
    await expect(ignoring.call({ Records: [record, stray] })).resolves.toStrictEqual({ batchItemFailures: [] });
    expect(ignoring.handled).toHaveLength(1);
    // An event store whose table is not known may lie in any.
    const foreign = newLog({}, [newPokemons(new InMemoryEventStorageAdapter())]);
    await expect(foreign.call({ Records: [stray] })).resolves.toStrictEqual({ batchItemFailures: [] });
  });

  it.each<[string, unknown]>([
    ['none', undefined],
    ['an empty one', {}],
    ['one that knows no number', { getRemainingTimeInMillis: () => Number.NaN }],
    [
      'one that throws',
      {
        getRemainingTimeInMillis: () => {
          throw new Error('no context');
        },
      },
    ],
  ])('is handled with a context that tells no time: %s', async (_, lambda) => {
    const { aggregateId, record } = await push();
    const { handled, call } = newLog();
    await expect(call({ Records: [record] }, lambda)).resolves.toStrictEqual({ batchItemFailures: [] });
    expect(handled).toStrictEqual([`${aggregateId} 1`]);
  });
});
