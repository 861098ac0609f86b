import { deepStrictEqual } from 'node:assert/strict';
import { Agent } from 'node:http';

import {
  type AttributeValue,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';

import {
  caught,
  context,
  createAdapter,
  describeOnEveryAdapter,
  newAggregateId,
  pushMany,
  rejection,
} from '../support.js';
import { PAYLOAD_WITH_PROTO } from './tableOnSdk.js';

type Output = QueryCommandOutput & { Items: Record<string, AttributeValue>[] };

/** A middleware as users of the SDK write them, in the step where it sees input and output. */
const addMiddleware = (client: DynamoDBClient, change: (output: Output) => unknown): void =>
  client.middlewareStack.add(
    next => async args => {
      const result = await next(args);
      const output = change(result.output as Output);
      return output === undefined ? result : { ...result, output: output as typeof result.output };
    },
    { step: 'initialize', name: 'middlewareOfTheUser' },
  );

const deepFreeze = (value: unknown): void => {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  Object.values(value).forEach(deepFreeze);
  Object.freeze(value);
};

const plainQuery = (tableName: string, aggregateId: string): QueryCommand =>
  new QueryCommand({
    TableName: tableName,
    KeyConditionExpression: 'aggregateId = :id',
    ExpressionAttributeValues: { ':id': { S: aggregateId } },
  });

const describeOverOneLayout: typeof describeOnEveryAdapter = (name, tests) =>
  describeOnEveryAdapter(name, tests, ['table-per-store']);

describeOverOneLayout("a middleware of the client's owner", ({ engine, layout, tableName, adapter }) => {
  const aggregateId = newAggregateId();
  const payload = { name: 'Pokémon 🦄', bytes: new Uint8Array([1, 2, 3]), list: [1, { a: null }] };
  const events = [1, 2, 3].map(version => caught(aggregateId, version, { payload }));

  beforeAll(async () => {
    for (const event of events) await adapter.pushEvent(event, context);
  });

  const withMiddleware = (change: (output: Output) => unknown) => {
    const client = engine.client();
    addMiddleware(client, change);
    return createAdapter(layout, tableName, client);
  };

  it('sees the output that a plain Query has', async () => {
    const seen: unknown[] = [];
    const reading = withMiddleware(output => {
      seen.push(Object.keys(output).toSorted(), output.Items, output.Count, output.$metadata.httpStatusCode);
    });

    await expect(reading.getEvents(aggregateId, context)).resolves.toStrictEqual({ events });

    const plain = await engine.client().send(plainQuery(tableName, aggregateId));
    deepStrictEqual(seen, [Object.keys(plain).toSorted(), plain.Items, plain.Count, 200]);
  });

  it.each<[string, (output: Output) => unknown]>([
    ['replaces the items', output => void (output.Items = output.Items.slice(0, 2))],
    ['takes an item out of their array', output => void output.Items.pop()],
    ['defines them anew', output => void Object.defineProperty(output, 'Items', { value: output.Items.slice(0, 2) })],
    ['returns an output of its own', output => ({ ...output, Items: output.Items.slice(0, 2) })],
  ])('that %s has the last word', async (_, change) => {
    const changing = withMiddleware(change);
    await expect(changing.getEvents(aggregateId, context)).resolves.toStrictEqual({ events: events.slice(0, 2) });
  });

  it('that changes a value within an item has the last word', async () => {
    const changing = withMiddleware(
      ({ Items: [first] }) => void ((first as Record<string, AttributeValue>)['type'] = { S: 'SEEN' }),
    );
    const { events: read } = await changing.getEvents(aggregateId, context);
    expect(read.map(({ type }) => type)).toStrictEqual(['SEEN', 'POKEMON_CAUGHT', 'POKEMON_CAUGHT']);
  });

  it.each<[string, (output: Output) => unknown]>([
    ['removes the items', output => void Reflect.deleteProperty(output, 'Items')],
    ['sets them to undefined', output => void Object.assign(output, { Items: undefined })],
  ])('that %s leaves no answer, which is not taken for no events', async (_, change) => {
    const error = await rejection(withMiddleware(change).getEvents(aggregateId, context));
    expect(error).toMatchObject({ code: 'IncompleteAnswerError' });
  });

  it.each<[string, (output: Output) => unknown]>([
    ['copies the output', output => ({ ...output })],
    ['clones it', output => structuredClone(output)],
    ['freezes it', output => void Object.freeze(output)],
    ['freezes it and all that is in it', deepFreeze],
    ['prints it', output => void JSON.stringify(output)],
  ])('that %s changes nothing', async (_, change) => {
    await expect(withMiddleware(change).getEvents(aggregateId, context)).resolves.toStrictEqual({ events });
  });

  it('that throws is heard', async () => {
    const error = new Error('Enough for today.');
    const throwing = withMiddleware(() => {
      throw error;
    });
    await expect(rejection(throwing.getEvents(aggregateId, context))).resolves.toBe(error);
    await expect(rejection(throwing.pushEvent(caught(newAggregateId(), 1), context))).resolves.toBe(error);
  });

  it('that changes what is written has the last word, of members named __proto__ too', async () => {
    const client = engine.client();
    client.middlewareStack.add(
      next => async args => {
        const { Item, ...input } = args.input as { Item?: Record<string, AttributeValue> };
        return next({
          ...args,
          input: Item === undefined ? args.input : { ...input, Item: { ...Item, type: { S: 'SEEN' } } },
        });
      },
      { step: 'initialize', name: 'middlewareOfTheUser' },
    );
    const changing = createAdapter(layout, tableName, client);
    for (const written of [{}, PAYLOAD_WITH_PROTO]) {
      const event = caught(newAggregateId(), 1, { payload: written });
      await changing.pushEvent(event, context);
      const { events: read } = await adapter.getEvents(event.aggregateId, context);
      deepStrictEqual(read, [{ ...event, type: 'SEEN' }]);
    }
  });
});

describeOverOneLayout("a logger of the client's owner", ({ engine, layout, tableName }) => {
  it('hears of every request, with its whole input and output', async () => {
    const entries: { commandName: string; input: object; output?: object; error?: Error }[] = [];
    const log = (entry: (typeof entries)[number]): void => void entries.push(entry);
    const logger = { trace: () => {}, debug: () => {}, info: log, warn: log, error: log };
    const logged = createAdapter(layout, tableName, engine.client({ logger }));
    const aggregateId = newAggregateId();
    const event = caught(aggregateId, 1, { payload: { name: 'pikachu' } });

    await logged.pushEvent(event, context);
    await rejection(logged.pushEvent(event, context));
    await expect(logged.getEvents(aggregateId, context)).resolves.toStrictEqual({ events: [event] });

    const item = { aggregateId: { S: aggregateId }, payload: { M: { name: { S: 'pikachu' } } } };
    expect(entries).toMatchObject([
      { commandName: 'PutItemCommand', input: { Item: item }, output: {} },
      { commandName: 'PutItemCommand', input: { Item: item }, error: { name: 'ConditionalCheckFailedException' } },
      { commandName: 'QueryCommand', input: { TableName: tableName }, output: { Items: [item], Count: 1 } },
    ]);
  });
});

describeOverOneLayout('a client with cacheMiddleware', ({ engine, layout, tableName }) => {
  const create = () => {
    const client = engine.client({ cacheMiddleware: true });
    return { client, adapter: createAdapter(layout, tableName, client) };
  };

  it('serves events with and without __proto__, and plain commands, in any order', async () => {
    const { client, adapter } = create();
    for (const payload of [{ a: 1 }, PAYLOAD_WITH_PROTO, { b: 2 }, PAYLOAD_WITH_PROTO]) {
      const event = caught(newAggregateId(), 1, { payload });
      await adapter.pushEvent(event, context);
      const Item = {
        aggregateId: { S: event.aggregateId },
        version: { N: '2' },
        type: { S: 'T' },
        timestamp: { S: '2026-01-01T00:00:00.000Z' },
      };
      await client.send(new PutItemCommand({ TableName: tableName, Item }));
      const output = await client.send(plainQuery(tableName, event.aggregateId));
      expect(Object.getOwnPropertyDescriptor(output, 'Items')?.value).toHaveLength(2);

      const { events } = await adapter.getEvents(event.aggregateId, context);
      deepStrictEqual(events, [
        event,
        { aggregateId: event.aggregateId, version: 2, type: 'T', timestamp: '2026-01-01T00:00:00.000Z' },
      ]);
      const conflict = await rejection(adapter.pushEvent(event, context));
      deepStrictEqual((conflict as { winningEvent?: unknown }).winningEvent, event);
    }
  });

  it('keeps concurrent calls apart', async () => {
    const { adapter } = create();
    const all = Array.from({ length: 20 }, (_, index) =>
      caught(newAggregateId(), 1, { payload: index % 2 === 0 ? PAYLOAD_WITH_PROTO : { index } }),
    );
    await Promise.all(all.map(event => adapter.pushEvent(event, context)));
    const read = await Promise.all(all.map(({ aggregateId }) => adapter.getEvents(aggregateId, context)));
    deepStrictEqual(
      read.map(({ events }) => events),
      all.map(event => [event]),
    );
  });

  it('prepares its middlewares once for each operation', async () => {
    const { client, adapter } = create();
    let prepared = 0;
    client.middlewareStack.add(
      next => {
        prepared++;
        return next;
      },
      { step: 'initialize', name: 'middlewareOfTheUser' },
    );
    for (let round = 0; round < 3; round++) {
      const aggregateId = newAggregateId();
      await adapter.pushEvent(caught(aggregateId, 1), context);
      await adapter.getEvents(aggregateId, context);
      await adapter.listAggregateIds(context);
    }
    expect(prepared).toBe(3);
  });
});

describeOverOneLayout("a client's connection", ({ engine, layout, tableName, adapter }) => {
  it('serves one request after the other, of one page or of several', async () => {
    const agent = new Agent({ keepAlive: true });
    const connect = jest.spyOn(agent as Agent & { createConnection: () => unknown }, 'createConnection');
    const reading = createAdapter(layout, tableName, engine.client({ requestHandler: { httpAgent: agent } }));
    const aggregateId = newAggregateId();
    await pushMany(adapter, aggregateId, 12, 300 * 1024);

    for (let round = 0; round < 3; round++) {
      await reading.getEvents(aggregateId, context, { limit: 1 });
      const { events } = await reading.getEvents(aggregateId, context);
      expect(events).toHaveLength(12);
    }
    expect(connect).toHaveBeenCalledTimes(1);
    agent.destroy();
  });
});
