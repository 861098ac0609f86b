import { deepStrictEqual } from 'node:assert/strict';
import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';

import { PRESET_TIMEOUT_MS } from '@castore-dynamodb/testing/preset';
import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import { caught, context, rejection } from '../support.js';
import { type Answer, answeringClient, streamOf } from './answeringClient.js';
import { soundPages } from './items.js';
import { describeOnEverySdk } from './sdkVersions.js';
import { itemToWire, writeJson } from './writeJson.js';

const responses = fc
  .tuple(
    soundPages,
    fc.record(
      {
        ScannedCount: fc.nat(),
        LastEvaluatedKey: fc.constant({ aggregateId: { S: 'pikachu' }, version: { N: '7' } }),
        ConsumedCapacity: fc.constant({ TableName: 'pokemons', CapacityUnits: 0.5, Table: { CapacityUnits: 0.5 } }),
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
  )
  .map(([items, rest]) => writeJson({ Count: items.length, Items: items.map(itemToWire), ...rest }))
  // The SDK loses members of this name, and we do not.
  .filter(json => !json.includes('"__proto__"'));

const input = { TableName: 'pokemons', KeyConditionExpression: 'aggregateId = :id' };

const event = caught('pikachu', 1, { payload: { name: 'Pokémon 🦄' } });
const item = {
  aggregateId: { S: 'pikachu' },
  version: { N: '1' },
  type: { S: event.type },
  timestamp: { S: event.timestamp },
  payload: { M: { name: { S: 'Pokémon 🦄' } } },
};
const response = JSON.stringify({ Count: 1, Items: [item], ScannedCount: 1 });
const bytes = Buffer.from(response);

const failingStream = (): Readable =>
  Readable.from(
    (function* () {
      yield bytes.subarray(0, 20);
      throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    })(),
  );

describeOnEverySdk('EventsQueryCommand', ({ sdk, adapter, query, scannedPages }) => {
  let answer: () => Answer;
  const { client } = answeringClient(sdk, () => answer(), { maxAttempts: 1 });
  const send = () => client.send(new query.EventsQueryCommand(input));
  const sendPlain = () => client.send(new sdk.QueryCommand(input));
  const getEvents = () =>
    new adapter.DynamoDbEventStorageAdapter({ tableName: 'pokemons', dynamoDbClient: client }).getEvents(
      'pikachu',
      context,
    );

  it(
    'has the output that a plain Query has',
    async () => {
      const property = fc.asyncProperty(responses, async json => {
        answer = () => ({ body: streamOf(json) });
        const [output, plain] = [await send(), await sendPlain()];
        expect(query.itemsPageOf(output).Items).toBeInstanceOf(Buffer);
        deepStrictEqual({ ...output }, { ...plain });
        expect(query.itemsPageOf(output).Items).toBe(output.Items);
        deepStrictEqual(output.Items, plain.Items);
        expect(output.Items).toBe(output.Items);
      });
      await checkProperty(property, { quick: 40, soak: 10_000 });
    },
    PRESET_TIMEOUT_MS,
  );

  it('has one accessor for all outputs, as V8 would keep alive what accessors of their own close over', async () => {
    answer = () => ({ body: streamOf(response) });
    const accessorOf = (output: object) => Object.getOwnPropertyDescriptor(output, 'Items');
    const [first, second] = [accessorOf(await send()), accessorOf(await send())];
    expect(first?.get).toBeInstanceOf(Function);
    expect(second).toStrictEqual(first);
  });

  it('lets a middleware freeze its output, or replace the items', async () => {
    answer = () => ({ body: streamOf(response) });
    const frozen = Object.freeze(await send());
    expect(frozen.Items).toStrictEqual([item]);
    expect(query.itemsPageOf(frozen)).toMatchObject({ Count: 1 });

    const replaced = await send();
    replaced.Items = [];
    expect(query.itemsPageOf(replaced)).toMatchObject({ Items: [], Count: 0 });
    expect({ ...replaced }).toMatchObject({ Items: [] });
  });

  it('may be sent twice', async () => {
    answer = () => ({ body: streamOf(response) });
    const command = new query.EventsQueryCommand(input);
    for (const output of [await client.send(command), await client.send(command)]) {
      expect(query.itemsPageOf(output).Items).toBeInstanceOf(Buffer);
    }
  });

  const bodies: [string, () => unknown][] = [
    ['a stream', () => streamOf(response)],
    ['a stream of single bytes', () => Readable.from(Array.from(bytes, byte => Buffer.from([byte])))],
    ['a stream of text', () => Readable.from([response])],
    ['a Uint8Array', () => Uint8Array.from(bytes)],
    ['a part of a Buffer', () => Buffer.concat([bytes, bytes]).subarray(bytes.length)],
    [
      'a web stream',
      () =>
        new ReadableStream({
          start: controller => {
            controller.enqueue(Uint8Array.from(bytes));
            controller.close();
          },
        }),
    ],
  ];

  it.each(bodies)('takes the fast way from %s', async (_, body) => {
    answer = () => ({ body: body() });
    scannedPages();
    await expect(getEvents()).resolves.toStrictEqual({ events: [event] });
    expect(scannedPages()).toStrictEqual({ asked: 1, read: 1 });
  });

  it('lets a logger that is heard have the items', async () => {
    const outputs: unknown[] = [];
    const logger = {
      debug() {},
      info: ({ output }: { output: unknown }) => outputs.push(output),
      warn() {},
      error() {},
    };
    const logged = answeringClient(sdk, () => ({ body: streamOf(response) }), { logger });
    const events = new adapter.DynamoDbEventStorageAdapter({ tableName: 'pokemons', dynamoDbClient: logged.client });
    await expect(events.getEvents('pikachu', context)).resolves.toStrictEqual({ events: [event] });
    expect(outputs).toMatchObject([{ Items: [item] }]);
  });

  it.each([
    ['with white space', 0, JSON.stringify({ Count: 1, Items: [item], ScannedCount: 1 }, null, 2)],
    ['with white space in its items', 1, `{"Count":1,"Items":${JSON.stringify([item], null, 2)},"ScannedCount":1}`],
    ['with members twice', 0, `{"Count":1,"Items":[],"Items":[${JSON.stringify(item)}],"ScannedCount":1}`],
  ])('reads a response %s as well', async (_, fast, json) => {
    answer = () => ({ body: streamOf(json) });
    await expect(getEvents()).resolves.toStrictEqual({ events: [event] });
    expect(scannedPages().read).toBe(fast);
  });

  const dynamoDbError = (name: string): string =>
    JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'Not now.' });

  const failures: [string, () => Answer][] = [
    ['a refusal', () => ({ statusCode: 400, body: streamOf(dynamoDbError('ResourceNotFoundException')) })],
    [
      'throttling',
      () => ({ statusCode: 400, body: streamOf(dynamoDbError('ProvisionedThroughputExceededException')) }),
    ],
    ['a failure of DynamoDB', () => ({ statusCode: 500, body: streamOf(dynamoDbError('InternalServerError')) })],
    ['a failure without a body', () => ({ statusCode: 503, body: streamOf('') })],
    ['a page of a proxy', () => ({ statusCode: 502, body: streamOf('<html>Bad Gateway</html>') })],
    ['such a page with status 200', () => ({ body: streamOf('<html>Welcome to the hotel</html>') })],
    ['half a response', () => ({ body: streamOf(response.slice(0, response.length / 2)) })],
  ];

  it.each(failures)('fails as a plain Query does on %s', async (_, failure) => {
    answer = failure;
    const [error, plain] = [await rejection(send()), await rejection(sendPlain())];
    for (const each of [error, plain] as { $metadata?: { totalRetryDelay?: number } }[]) {
      delete each.$metadata?.totalRetryDelay;
    }
    deepStrictEqual({ ...(error as object) }, { ...(plain as object) });
    expect(error).toMatchObject({ name: (plain as Error).name, message: (plain as Error).message });
  });

  it('fails with the error of a connection that breaks', async () => {
    answer = () => ({ body: failingStream() });
    for (const attempt of [send, sendPlain]) await expect(attempt()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it.each([
    ['no JSON', response.replace('"S"', '"S'), 'SyntaxError'],
    ['no base64', response.replace('{"S":"pikachu"}', '{"B":"?"}'), 'TypeError'],
    ['of an unknown type', response.replace('{"S":"Pokémon 🦄"}', '{"F":"Pokémon 🦄"}'), 'UnreadableEventError'],
  ])('fails with items that are %s', async (_, json, name) => {
    answer = () => ({ body: streamOf(json) });
    const plain = await sendPlain().catch((error: unknown) => error);
    if (plain instanceof Error) expect(plain.name).toBe(name);
    await expect(getEvents()).rejects.toMatchObject({ name });
  });
});
