import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventStore } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import type { StoredItem } from '@castore-dynamodb/adapter';

import { ImageParser, type StreamRecord } from '../src/index.js';
import { describeOnEveryLayout } from './support/describeOnEveryLayout.js';
import { newPokemons, newTrainers } from './support/eventStores.js';
import { asInLambda, readStream, streamArnOf } from './support/streams.js';

const payload = {
  text: 'é 🦄 #',
  numbers: [0, -1.5, 2n ** 60n],
  bytes: new Uint8Array([0, 255]),
  sets: [new Set(['a']), new Set([1]), new Set([new Uint8Array([7])])],
  nested: [{ list: [], nothing: null, yes: true }],
};

describeOnEveryLayout('ImageParser', ({ layout, pokemons, trainers, tableNames, dynamoDbClient, streamsClient }) => {
  const ids = ['pikachu', 'a#b', '#', 'TRAINERS#ash', 'POKEMONS#pikachu', '__proto__', 'Évoli 🦊'];
  const parser = new ImageParser({ sourceEventStores: [pokemons, trainers] });
  let records: StreamRecord[];
  let fromSdk: StreamRecord[];
  let events: unknown[];

  beforeAll(async () => {
    const pushed = [];
    for (const aggregateId of ids) {
      const { event } = await pokemons.pushEvent({ aggregateId, version: 1, type: 'POKEMON_NAMED', payload });
      pushed.push({ eventStoreId: 'POKEMONS', event });
    }
    const { eventGroup } = await EventStore.pushEventGroup(
      trainers.groupEvent({ aggregateId: 'pikachu', version: 1, type: 'TRAINER_CREATED', payload: { name: 'Ash' } }),
      pokemons.groupEvent({
        aggregateId: 'pikachu',
        version: 2,
        type: 'POKEMON_NAMED',
        payload,
        metadata: { by: 'ash' },
      }),
    );
    events = [
      ...pushed,
      { eventStoreId: 'TRAINERS', event: eventGroup[0].event },
      { eventStoreId: 'POKEMONS', event: eventGroup[1].event },
    ];

    const tables = [...new Set([tableNames.pokemons, tableNames.trainers])];
    const streams = await Promise.all(
      tables.map(async table => {
        const arn = await streamArnOf(dynamoDbClient, table);
        return { arn, records: await readStream(streamsClient, arn) };
      }),
    );
    records = streams.flatMap(stream => stream.records.map(record => asInLambda(record, stream.arn)));
    fromSdk = streams.flatMap(stream => stream.records.map(record => ({ ...record, eventSourceARN: stream.arn })));
  });

  const messagesOf = (all: StreamRecord[]) => all.map(record => parser.parseRecord(record));
  const imageOf = (record: StreamRecord | undefined) => record?.dynamodb?.NewImage as StoredItem;

  it('makes messages of the events in a stream, whatever ids they have', () => {
    expect(messagesOf(records)).toHaveLength(events.length);
    expect(messagesOf(records)).toStrictEqual(expect.arrayContaining(events));
    expect(messagesOf(fromSdk)).toStrictEqual(messagesOf(records));
  });

  it('passes over what is no event, or of another table', () => {
    const [record] = records as [StreamRecord];
    const image = imageOf(record);
    const { type: _, ...withoutType } = image;
    const others: StreamRecord[] = [
      { ...record, dynamodb: { NewImage: withoutType } },
      { ...record, eventName: undefined, dynamodb: {} },
      { ...record, eventName: 'REMOVE', dynamodb: {} },
      { dynamodb: undefined },
      {
        ...record,
        eventSourceARN: 'arn:aws:dynamodb:eu-west-1:123456789012:table/views/stream/2026-01-01T00:00:00.000',
      },
    ];
    expect(messagesOf(others)).toStrictEqual(others.map(() => undefined));
  });

  it('passes over items of a real stream that are no events, and removals', async () => {
    const tableName = tableNames.pokemons;
    const key = { aggregateId: { S: '#snapshots#POKEMONS#x' }, version: { N: '1' } };
    await dynamoDbClient.send(new PutItemCommand({ TableName: tableName, Item: { ...key, state: { S: 'x' } } }));
    await dynamoDbClient.send(new DeleteItemCommand({ TableName: tableName, Key: key }));

    const arn = await streamArnOf(dynamoDbClient, tableName);
    const stream = await readStream(streamsClient, arn);
    const last = stream.slice(-2).map(record => asInLambda(record, arn));
    expect(stream.slice(-2).map(({ eventName }) => eventName)).toStrictEqual(['INSERT', 'REMOVE']);
    expect(messagesOf(last)).toStrictEqual([undefined, undefined]);
  });

  it('fails by name for an item that is new or changed and has no image', () => {
    const eventSourceARN = 'arn:aws:dynamodb:us-east-1:1:table/t/stream/1';
    for (const eventName of ['INSERT', 'MODIFY']) {
      for (const dynamodb of [{ StreamViewType: 'KEYS_ONLY' }, {}, undefined]) {
        expect(() => parser.parseRecord({ eventName, eventSourceARN, dynamodb })).toThrow(
          expect.objectContaining({ code: 'StreamNotReadableError', tableName: 't' }),
        );
      }
    }
  });

  it('parses an image by itself, if the image tells whose it is', () => {
    const record = records.find(
      ({ dynamodb }) => dynamodb?.NewImage?.['type']?.S === 'TRAINER_CREATED',
    ) as StreamRecord;
    const image = imageOf(record);
    const message = { eventStoreId: 'TRAINERS', event: { type: 'TRAINER_CREATED', aggregateId: 'pikachu' } };
    expect(parser.parseImage(image, { table: tableNames.trainers })).toMatchObject(message);
    expect(new ImageParser({ sourceEventStores: [trainers] }).parseImage(image)).toMatchObject(message);

    if (layout === 'single-table') expect(parser.parseImage(image)).toMatchObject(message);
    else expect(() => parser.parseImage(image)).toThrow(expect.objectContaining({ code: 'InvalidArgumentError' }));
  });

  it('says which value of which event cannot be read', () => {
    const [record] = records as [StreamRecord];
    const NewImage = { ...imageOf(record), payload: { N: '9007199254740993.5' } };
    expect(() => parser.parseRecord({ ...record, dynamodb: { NewImage } })).toThrow(
      expect.objectContaining({ code: 'UnreadableEventError', aggregateId: 'pikachu', version: 1, path: 'payload' }),
    );
  });

  it('takes event stores without an adapter of ours for ones in a single table, as Castore does', () => {
    const sourceEventStores = [newPokemons(), newTrainers(new InMemoryEventStorageAdapter())];
    const messages = records.map(record => new ImageParser({ sourceEventStores }).parseRecord(record));
    if (layout === 'single-table') expect(messages).toStrictEqual(messagesOf(records));
  });

  it('wants one event store or more', () => {
    expect(() => new ImageParser({ sourceEventStores: [] })).toThrow(
      expect.objectContaining({ code: 'InvalidArgumentError', argument: 'sourceEventStores' }),
    );
  });
});
