import { EventEmitter } from 'node:events';

import {
  AggregateExistsMessageBus,
  AggregateExistsMessageQueue,
  NotificationMessageBus,
  NotificationMessageQueue,
  StateCarryingMessageBus,
  StateCarryingMessageQueue,
} from '@castore/core';
import { InMemoryMessageBusAdapter } from '@castore/message-bus-adapter-in-memory';
import { InMemoryMessageQueueAdapter } from '@castore/message-queue-adapter-in-memory';
import { eventually } from '@castore-dynamodb/testing/eventually';

import {
  createStreamHandler,
  DynamoDbCheckpointStore,
  type Projection,
  replayEvents,
  type StreamRecord,
  toMessageChannel,
} from '../src/index.js';
import { describeOnEveryLayout } from './support/describeOnEveryLayout.js';
import { newAggregateId } from './support/eventStores.js';
import { useProjectionTable } from './support/projectionTable.js';
import { lambdaRecords } from './support/streams.js';

let projections = 0;

describeOnEveryLayout('toMessageChannel', context => {
  const { pokemons, trainers, tableNames, dynamoDbClient, streamsClient, requests } = context;
  const tableName = useProjectionTable(dynamoDbClient);
  const checkpoints = new DynamoDbCheckpointStore({ tableName, dynamoDbClient });
  const sourceEventStores = [pokemons, trainers];
  const newName = (): string => `forward-${++projections}`;

  const push = async (aggregateId: string, ...versions: number[]) => {
    const events = [];
    for (const version of versions) {
      const trainerId = `ash-${version}`;
      const { event } = await pokemons.pushEvent({
        aggregateId,
        version,
        type: 'POKEMON_CAUGHT',
        payload: { trainerId },
      });
      events.push(event);
    }
    return events;
  };

  /** What the streams hold of an aggregate. */
  const recordsOf = async (aggregateId: string): Promise<StreamRecord[]> => {
    const records = [];
    for (const name of new Set(Object.values(tableNames))) {
      records.push(...(await lambdaRecords(dynamoDbClient, streamsClient, name)));
    }
    return records.filter(({ dynamodb }) => dynamodb?.NewImage?.aggregateId?.S?.endsWith(aggregateId));
  };

  const handle = (projection: Projection, records: StreamRecord[]) =>
    createStreamHandler({ projections: [projection], maxAttempts: 1, onFailure: () => {} })({ Records: records });

  const newQueue = () => {
    const messageChannel = new NotificationMessageQueue({ messageQueueId: 'QUEUE', sourceEventStores });
    const messages: unknown[] = [];
    const worker = async (message: unknown, { replay }: { replay: boolean }): Promise<void> =>
      void messages.push(replay ? { message, replay } : message);
    InMemoryMessageQueueAdapter.attachTo(messageChannel, { worker });
    return { messageChannel, messages };
  };

  it('sends the events of an aggregate to a queue, in order, whatever the order of the records', async () => {
    const pikachu = newAggregateId();
    const events = await push(pikachu, 1, 2, 3, 4);
    const { messageChannel, messages } = newQueue();
    const forward = toMessageChannel({ name: newName(), eventStores: sourceEventStores, checkpoints, messageChannel });
    const records = await recordsOf(pikachu);
    const [first, second, , fourth] = records as [StreamRecord, StreamRecord, StreamRecord, StreamRecord];
    await handle(forward, [fourth, first]);
    await handle(forward, [second, ...records]);
    await eventually(() => expect(messages).toHaveLength(4));
    expect(messages).toStrictEqual(events.map(event => ({ eventStoreId: 'POKEMONS', event })));
  });

  it('sends to a bus, whose handlers filter by event store and type', async () => {
    const ash = newAggregateId();
    const messageChannel = new NotificationMessageBus({ messageBusId: 'BUS', sourceEventStores });
    const bus = InMemoryMessageBusAdapter.attachTo(messageChannel, { eventEmitter: new EventEmitter() });
    const names: string[] = [];
    bus.on({ eventStoreId: 'TRAINERS', eventType: 'TRAINER_CREATED' }, async ({ event }) => {
      names.push(event.payload.name);
    });
    await trainers.pushEvent({ aggregateId: ash, version: 1, type: 'TRAINER_CREATED', payload: { name: 'Ash' } });
    // Of the two event stores that the bus takes messages of.
    const forward = toMessageChannel({ name: newName(), eventStores: [trainers], checkpoints, messageChannel });
    await handle(forward, await recordsOf(ash));
    await eventually(() => expect(names).toStrictEqual(['Ash']));
  });

  it('sends the aggregate at the version of the event, also if it has gone on since', async () => {
    const pikachu = newAggregateId();
    const events = await push(pikachu, 1, 2, 3);
    const carried: unknown[] = [];
    const [queue, bus] = [
      new StateCarryingMessageQueue({ messageQueueId: 'QUEUE', sourceEventStores }),
      new StateCarryingMessageBus({ messageBusId: 'BUS', sourceEventStores }),
    ];
    InMemoryMessageQueueAdapter.attachTo(queue, { worker: async message => void carried.push(message) });
    const onBus: unknown[] = [];
    InMemoryMessageBusAdapter.attachTo(bus, { eventEmitter: new EventEmitter() }).on(
      { eventStoreId: 'POKEMONS' },
      async message => void onBus.push(message),
    );
    const records = await recordsOf(pikachu);
    for (const messageChannel of [queue, bus]) {
      const forward = toMessageChannel({ name: newName(), eventStores: [pokemons], checkpoints, messageChannel });
      await handle(forward, records);
    }
    const expected = events.map(event => ({
      eventStoreId: 'POKEMONS',
      event,
      aggregate: expect.objectContaining({ aggregateId: pikachu, version: event.version }),
    }));
    await eventually(() => {
      expect(carried).toStrictEqual(expected);
      expect(onBus).toStrictEqual(expected);
    });
  });

  it('publishes once for each aggregate that it exists, if the channel is for that', async () => {
    const pikachu = newAggregateId();
    const [first] = await push(pikachu, 1, 2, 3);
    const queue = new AggregateExistsMessageQueue({ messageQueueId: 'QUEUE', sourceEventStores: [pokemons] });
    const bus = new AggregateExistsMessageBus({ messageQueueId: 'BUS', sourceEventStores: [pokemons] });
    const messages: unknown[] = [];
    InMemoryMessageQueueAdapter.attachTo(queue, { worker: async message => void messages.push(message) });
    InMemoryMessageBusAdapter.attachTo(bus, { eventEmitter: new EventEmitter() }).on(
      { eventStoreId: 'POKEMONS' },
      async message => void messages.push(message),
    );
    for (const messageChannel of [queue, bus]) {
      const forward = toMessageChannel({ name: newName(), eventStores: [pokemons], checkpoints, messageChannel });
      await handle(forward, await recordsOf(pikachu));
    }
    const message = { eventStoreId: 'POKEMONS', aggregateId: pikachu, initialEventTimestamp: first?.timestamp };
    await eventually(() => expect(messages).toStrictEqual([message, message]));
  });

  it('passes over what was before `since`, and says of a replay that it is one', async () => {
    const pikachu = newAggregateId();
    const [, second] = await push(pikachu, 1, 2);
    const { messageChannel, messages } = newQueue();
    const name = newName();
    const since = second?.timestamp as string;
    const forward = toMessageChannel({ name, eventStores: [pokemons], checkpoints, messageChannel, since });
    await replayEvents({ projections: [forward] });
    const message = { eventStoreId: 'POKEMONS', event: second };
    await eventually(() => expect(messages).toStrictEqual([{ message, replay: true }]));
  });

  it('publishes an event again that the channel did not take, and no later one before that', async () => {
    const pikachu = newAggregateId();
    const events = await push(pikachu, 1, 2, 3);
    const { messageChannel, messages } = newQueue();
    const adapter = messageChannel.getMessageChannelAdapter();
    let isDown = true;
    messageChannel.messageChannelAdapter = {
      ...adapter,
      publishMessage: async (message, options) => {
        if (isDown && 'event' in message && message.event.version === 2) throw new RangeError('down');
        await adapter.publishMessage(message, options);
      },
    };
    const forward = toMessageChannel({ name: newName(), eventStores: [pokemons], checkpoints, messageChannel });
    await handle(forward, await recordsOf(pikachu));
    await eventually(() => expect(messages).toHaveLength(1));
    const [parked] = await forward.listParked();
    expect(parked).toMatchObject({ aggregateId: pikachu, version: 2, error: { name: 'RangeError' } });

    isDown = false;
    await expect(forward.retryParked({ eventStoreId: 'POKEMONS', aggregateId: pikachu })).resolves.toBe('done');
    await eventually(() => expect(messages).toStrictEqual(events.map(event => ({ eventStoreId: 'POKEMONS', event }))));
  });

  it('costs a write for each event, and for a state-carrying channel a read of the aggregate', async () => {
    const pikachu = newAggregateId();
    await push(pikachu, 1, 2);
    const records = await recordsOf(pikachu);
    const channels = [
      newQueue().messageChannel,
      new StateCarryingMessageQueue({
        messageQueueId: 'QUEUE',
        sourceEventStores,
        messageQueueAdapter: { publishMessage: async () => {}, publishMessages: async () => {} },
      }),
    ];
    const costs = [];
    for (const messageChannel of channels) {
      const forward = toMessageChannel({ name: newName(), eventStores: [pokemons], checkpoints, messageChannel });
      requests.splice(0);
      await handle(forward, records);
      costs.push(requests.map(({ operation }) => operation));
    }
    expect(costs).toStrictEqual([
      ['BatchGetItem', 'PutItem', 'PutItem'],
      ['BatchGetItem', 'Query', 'PutItem', 'Query', 'PutItem'],
    ]);
  });

  it('parks nobody if a request for the state fails, but does if the reducer does', async () => {
    const pikachu = newAggregateId();
    await push(pikachu, 1);
    const records = await recordsOf(pikachu);
    const denied = Object.assign(new Error('not authorized'), { name: 'AccessDeniedException', $metadata: {} });
    for (const [error, expected] of [
      [denied, { failed: 1, parked: 0 }],
      [new RangeError('no such reducer'), { failed: 0, parked: 1 }],
    ] as const) {
      const broken = Object.assign(Object.create(pokemons) as typeof pokemons, {
        getAggregate: () => Promise.reject(error),
      });
      const messageChannel = new StateCarryingMessageQueue({ messageQueueId: 'QUEUE', sourceEventStores: [broken] });
      const forward = toMessageChannel({ name: newName(), eventStores: [broken], checkpoints, messageChannel });
      const { batchItemFailures } = await handle(forward, records);
      const parked = await forward.listParked();
      expect({ failed: batchItemFailures.length, parked: parked.length }).toStrictEqual(expected);
    }
  });

  it('refuses what is no channel, or none of these event stores', () => {
    const forwardTo = (messageChannel: unknown) => () =>
      toMessageChannel({ name: 'n', eventStores: [pokemons], checkpoints, messageChannel: messageChannel as never });
    const other = new NotificationMessageQueue({ messageQueueId: 'QUEUE', sourceEventStores: [trainers] });
    for (const channel of [undefined, null, {}, 'queue', { messageType: 'notification' }, other]) {
      expect(forwardTo(channel)).toThrow(
        expect.objectContaining({ code: 'InvalidArgumentError', argument: 'messageChannel' }),
      );
    }
    const { messageChannel } = newQueue();
    expect(() => toMessageChannel({ name: 'a#b', eventStores: [pokemons], checkpoints, messageChannel })).toThrow(
      expect.objectContaining({ argument: 'name' }),
    );
    const options = { name: 'n', eventStores: [pokemons], checkpoints, messageChannel };
    expect(() => toMessageChannel({ ...options, checkpoints: {} as never })).toThrow(
      expect.objectContaining({ argument: 'checkpoints' }),
    );
    expect(() => toMessageChannel({ ...options, since: new Date() as never })).toThrow(
      expect.objectContaining({ argument: 'since' }),
    );
    expect(() => toMessageChannel({ name: 'n', eventStores: [], checkpoints, messageChannel })).toThrow(
      expect.objectContaining({ argument: 'eventStores' }),
    );
  });
});
