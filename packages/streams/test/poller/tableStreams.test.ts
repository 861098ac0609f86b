import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbEventStorageAdapter, DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { eventually } from '@castore-dynamodb/testing/eventually';

import { projection } from '../../src/index.js';
import { describeOnEveryLayout } from '../support/describeOnEveryLayout.js';
import { newAggregateId, newPokemons } from '../support/eventStores.js';
import { intercept, newName, usePollers } from '../support/pollers.js';
import { newStreamsClient } from '../support/streams.js';

describeOnEveryLayout('a poller and the streams of its tables', context => {
  const { engine, layout, pokemons, tableNames, dynamoDbClient } = context;
  const { pollers, checkpoints, newPoller, newLog, push, switchStream } = usePollers(context);

  it('reports requests that fail, and tries them again', async () => {
    const pikachu = newAggregateId();
    const client = newStreamsClient(engine);
    const failing = new Map([
      ['DescribeStreamCommand', 2],
      ['GetShardIteratorCommand', 1],
      ['GetRecordsCommand', 2],
    ]);
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async args => {
          const left = failing.get(commandName) ?? 0;
          failing.set(commandName, left - 1);
          if (left > 0) throw new Error(`no ${commandName}`);
          return next(args);
        },
      { step: 'initialize' },
    );
    await push(pikachu, 1);
    const log = newLog();
    const errors: Error[] = [];
    const onError = (error: unknown): void => {
      errors.push(error as Error);
      throw new Error('even if this throws');
    };
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    await newPoller({ projections: [log], dynamoDbStreamsClient: client, onError }).start();
    await eventually(() => expect(log.versionsOf(pikachu)).toStrictEqual([1]));
    emitWarning.mockRestore();
    for (const name of failing.keys()) expect(errors.map(({ message }) => message)).toContain(`no ${name}`);
  });

  it('goes on whatever requests and callbacks throw', async () => {
    const pikachu = newAggregateId();
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const thrown: unknown[] = [
      undefined,
      null,
      'text',
      1n,
      Symbol('x'),
      proxy,
      Object.assign(new Error(), { message: undefined }),
    ];
    const client = newStreamsClient(engine);
    const left = [...thrown];
    intercept(client, commandName => {
      if (commandName === 'GetRecordsCommand' && left.length > 0) throw left.shift();
    });
    await push(pikachu, 1);
    const log = newLog();
    const reported = [...thrown];
    const onError = (): never => {
      throw reported.pop();
    };
    const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    await newPoller({ projections: [log], dynamoDbStreamsClient: client, onError }).start();
    await eventually(() => expect(log.versionsOf(pikachu)).toStrictEqual([1]));
    expect(left).toHaveLength(0);
    expect(reported).toHaveLength(0);
    expect(warnings).toHaveBeenCalledTimes(thrown.length);
    warnings.mockRestore();
  });

  it('warns of errors if nobody listens', async () => {
    const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const client = newStreamsClient(engine);
    const left: unknown[] = [Object.assign(new Error('secret'), { name: 'TimeoutError' }), 'secret'];
    intercept(client, commandName => {
      if (commandName === 'DescribeStreamCommand' && left.length > 0) throw left.shift();
    });
    await newPoller({ dynamoDbStreamsClient: client, onError: undefined } as never).start();
    await eventually(() => expect(left).toHaveLength(0));
    await eventually(() => expect(warnings).toHaveBeenCalledTimes(2));
    expect(warnings.mock.calls.map(([text]) => text)).toStrictEqual([
      'A StreamPoller failed, and tries again: TimeoutError',
      'A StreamPoller failed, and tries again: string',
    ]);
    warnings.mockRestore();
  });

  it('goes on after an iterator has expired, and reports records that were gone', async () => {
    const pikachu = newAggregateId();
    const client = newStreamsClient(engine);
    // The first of them before anything was read, when it means nothing.
    const thrown = [
      'TrimmedDataAccessException',
      undefined,
      undefined,
      'ExpiredIteratorException',
      undefined,
      'TrimmedDataAccessException',
    ];
    intercept(client, commandName => {
      const name = commandName === 'GetRecordsCommand' ? thrown.shift() : undefined;
      if (name !== undefined) throw Object.assign(new Error(name), { name });
    });
    await push(pikachu, 1, 2);
    const versions: number[] = [];
    const log = projection({
      name: newName(),
      eventStores: [pokemons],
      checkpoints,
      on: { POKEMON_NAMED: ({ aggregateId, version }) => void (aggregateId === pikachu && versions.push(version)) },
    });
    const errors: unknown[] = [];
    const onError = (error: unknown): void => void errors.push(error);
    await newPoller({ projections: [log], dynamoDbStreamsClient: client, onError }).start();
    await eventually(() => {
      expect(versions).toStrictEqual([1, 2]);
      expect(thrown).toStrictEqual([]);
      expect(errors).toMatchObject([{ code: 'TrimmedStreamError' }]);
    });
  });

  it('reads the new stream if it was switched off and on again, and the old one to its end', async () => {
    const [pikachu, name] = [newAggregateId(), newName()];
    const log = newLog();
    const poller = newPoller({ name, projections: [log] });
    await push(pikachu, 1);
    await poller.start();
    await eventually(() => expect(log.versionsOf(pikachu)).toStrictEqual([1]));

    // While it runs.
    await switchStream(false);
    await push(pikachu, 2);
    await switchStream(true);
    await push(pikachu, 3);
    await eventually(() => expect(new Set(log.versionsOf(pikachu))).toStrictEqual(new Set([1, 2, 3])));
    await poller.stop();

    // While it does not: what is in the old stream still counts.
    const raichu = newAggregateId();
    await push(raichu, 1);
    await switchStream(false);
    await switchStream(true);
    await push(pikachu, 4);
    await poller.start();
    await eventually(() => {
      // Dynoxide shows all records in each of them, so that a handler may have one twice.
      expect(new Set(log.versionsOf(raichu))).toStrictEqual(new Set([1]));
      expect(new Set(log.versionsOf(pikachu))).toStrictEqual(new Set([1, 2, 3, 4]));
    });
  });

  it('reads an old stream to its end, though its shards are not listed at first', async () => {
    const [raichu, name] = [newAggregateId(), newName()];
    const log = newLog();
    await newPoller({ name, projections: [log] }).start();
    await push(raichu, 1);
    await eventually(() => expect(log.versionsOf(raichu)).toStrictEqual([1]));
    await Promise.all(pollers.splice(0).map(poller => poller.stop()));
    await push(raichu, 2);
    await switchStream(false);
    await switchStream(true);

    const client = newStreamsClient(engine);
    const listings = new Map<string, number>();
    client.middlewareStack.add(
      (next, { commandName }) =>
        async args => {
          const reply = await next(args);
          if (commandName !== 'DescribeStreamCommand') return reply;
          const { StreamDescription: stream } = reply.output as unknown as {
            StreamDescription: { StreamArn: string; Shards: [] };
          };
          const count = (listings.get(stream.StreamArn) ?? 0) + 1;
          listings.set(stream.StreamArn, count);
          if (count <= 3) stream.Shards = [];
          return reply;
        },
      { step: 'initialize' },
    );
    const errors: unknown[] = [];
    const onError = (error: unknown): void => void errors.push(error);
    const later = newLog();
    const poller = newPoller({ name, projections: [log, later], dynamoDbStreamsClient: client, onError });
    await poller.start();
    await eventually(() => {
      expect(new Set(log.versionsOf(raichu))).toStrictEqual(new Set([1, 2]));
      expect(new Set(later.versionsOf(raichu))).toStrictEqual(new Set([1, 2]));
      for (const count of listings.values()) expect(count).toBeGreaterThan(3);
    });
    expect(errors).toStrictEqual([]);
  });

  it('refuses two tables of one name, of which it could read one', async () => {
    const elsewhere = engine.client();
    elsewhere.middlewareStack.add(
      next => async args => {
        const reply = await next(args);
        const { Table: table } = reply.output as { Table?: { LatestStreamArn: string } };
        if (table)
          table.LatestStreamArn = table.LatestStreamArn.replace(
            /^arn:aws:dynamodb:[^:]*/,
            'arn:aws:dynamodb:eu-west-3',
          );
        return reply;
      },
      { step: 'initialize' },
    );
    const Adapter = layout === 'single-table' ? DynamoDbSingleTableEventStorageAdapter : DynamoDbEventStorageAdapter;
    const of = (client: DynamoDBClient) =>
      projection({
        name: newName(),
        eventStores: [newPokemons(new Adapter({ tableName: tableNames.pokemons, dynamoDbClient: client }))],
        checkpoints,
        on: {},
      });
    const poller = newPoller({ projections: [of(dynamoDbClient), of(elsewhere)] });
    await expect(poller.start()).rejects.toMatchObject({
      code: 'InvalidArgumentError',
      argument: 'projections',
      message: expect.stringContaining('eu-west-3'),
    });
    expect(poller.state).toBe('stopped');
    // Two clients that reach the same table are as good as one.
    await newPoller({ projections: [of(dynamoDbClient), of(engine.client())] }).start();
  });

  it('says so while the stream is switched off', async () => {
    const errors: unknown[] = [];
    await newPoller({ onError: error => void errors.push(error) }).start();
    await switchStream(false);
    await eventually(() => {
      expect(errors).toContainEqual(expect.objectContaining({ code: 'StreamNotReadableError' }));
    });
    await switchStream(true);
  });
});
