import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type _Record, DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import {
  AggregateExistsMessageBus,
  EventStore,
  type EventStoreNotificationMessage,
  EventType,
  NotificationMessageQueue,
  StateCarryingMessageBus,
} from '@castore/core';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent, DynamoDBStreamHandler } from 'aws-lambda';
import { expectTypeOf } from 'expect-type';

import {
  createStreamHandler,
  dynamoDbProjection,
  ImageParser,
  InMemoryCheckpointStore,
  projection,
  type ReplayProgress,
  readAllEvents,
  replayEvents,
  StreamPoller,
  toMessageChannel,
} from '../src/index.js';

const pokemonCaught = new EventType<'POKEMON_CAUGHT', { trainerId: string }>({ type: 'POKEMON_CAUGHT' });
const pokemonEvolved = new EventType<'POKEMON_EVOLVED', { into: string }>({ type: 'POKEMON_EVOLVED' });
const trainerCreated = new EventType<'TRAINER_CREATED', { name: string }>({ type: 'TRAINER_CREATED' });

interface Aggregate {
  aggregateId: string;
  version: number;
}
const reducer = (_: Aggregate, { aggregateId, version }: Aggregate): Aggregate => ({ aggregateId, version });
const pokemons = new EventStore({ eventStoreId: 'POKEMONS', eventTypes: [pokemonCaught, pokemonEvolved], reducer });
const trainers = new EventStore({ eventStoreId: 'TRAINERS', eventTypes: [trainerCreated], reducer });

export const imageParserIsTypedByItsEventStores = (record: DynamoDBRecord, sdkRecord: _Record): void => {
  const imageParser = new ImageParser({ sourceEventStores: [pokemons, trainers] });
  const message = imageParser.parseRecord(record);
  expectTypeOf(message).toEqualTypeOf<EventStoreNotificationMessage<typeof pokemons | typeof trainers> | undefined>();
  if (message?.eventStoreId === 'TRAINERS') expectTypeOf(message.event.payload.name).toBeString();

  // What Lambda hands out and what the AWS SDK hands out, with and without the streams client.
  imageParser.parseImage(record.dynamodb?.NewImage ?? {});
  imageParser.parseImage(sdkRecord.dynamodb?.NewImage ?? {}, { table: 'events' });
  imageParser.parseRecord(sdkRecord);
};

const checkpoints = new InMemoryCheckpointStore();

export const handlersAreTypedByTheEventStores = () =>
  projection({
    name: 'mailer',
    eventStores: [pokemons, trainers],
    checkpoints,
    on: {
      TRAINER_CREATED: async (event, context) => {
        expectTypeOf(event.payload).toEqualTypeOf<{ name: string }>();
        expectTypeOf(context.eventStoreId).toEqualTypeOf<'POKEMONS' | 'TRAINERS'>();
      },
      POKEMON_CAUGHT: event => {
        expectTypeOf(event.payload.trainerId).toBeString();
        expectTypeOf(event.payload).not.toHaveProperty('into');
      },
    },
  });

export const unknownEventTypesDoNotCompile = () =>
  projection({
    name: 'mailer',
    eventStores: [trainers],
    checkpoints,
    // @ts-expect-error -- no event type of these event stores
    on: { POKEMON_CAUGHT: () => {} },
  });

export const handlerFitsLambda = (event: DynamoDBStreamEvent): void => {
  const handler = createStreamHandler({ projections: [handlersAreTypedByTheEventStores()] });
  expectTypeOf(handler(event)).resolves.toExtend<DynamoDBBatchResponse>();
  handler satisfies DynamoDBStreamHandler;
};

export const decisionsAreNamed = () => {
  createStreamHandler({ projections: [], onFailure: ({ kind }) => (kind === 'passing' ? 'stop' : 'retry') });
  createStreamHandler({ projections: [], onFailure: async ({ error }) => void error });
  // @ts-expect-error -- no decision
  createStreamHandler({ projections: [], onFailure: () => 'ignore' });
};

interface TrainerView {
  name: string;
  pokemons: string[];
}

const initialView: TrainerView = { name: '', pokemons: [] };
const dynamoDbClient = new DynamoDBClient({});

export const viewsAreTypedByTheInitialView = async () => {
  const trainersView = dynamoDbProjection({
    name: 'trainers',
    eventStores: [pokemons, trainers],
    tableName: 'views',
    dynamoDbClient,
    initialView,
    key: event => (event.type === 'POKEMON_CAUGHT' ? event.payload.trainerId : event.aggregateId),
    project: {
      TRAINER_CREATED: (view, event) => {
        expectTypeOf(view).toEqualTypeOf<TrainerView>();
        expectTypeOf(event.payload).toEqualTypeOf<{ name: string }>();
        return { ...view, name: event.payload.name };
      },
      POKEMON_CAUGHT: ({ name, pokemons: caught }, event, { key, eventStoreId }) => {
        expectTypeOf(key).toBeString();
        expectTypeOf(eventStoreId).toEqualTypeOf<'POKEMONS' | 'TRAINERS'>();
        return { name, pokemons: [...caught, event.aggregateId] };
      },
      POKEMON_EVOLVED: () => undefined,
    },
  });
  expectTypeOf(await trainersView.getView('ash')).toEqualTypeOf<TrainerView | undefined>();
  createStreamHandler({ projections: [trainersView] });
};

export const viewsWithoutAnInitialViewAreRecordsThatMayBeMissing = async () => {
  const view = dynamoDbProjection({
    name: 'trainers',
    eventStores: [trainers],
    tableName: 'views',
    dynamoDbClient,
    key: ({ aggregateId }) => [aggregateId],
    project: {
      TRAINER_CREATED: (before, event) => {
        expectTypeOf(before).toEqualTypeOf<Record<string, unknown> | undefined>();
        return { ...before, name: event.payload.name };
      },
    },
  });
  expectTypeOf(await view.getView('ash')).toEqualTypeOf<Record<string, unknown> | undefined>();
};

export const viewsThatMayBeMissing = () =>
  dynamoDbProjection({
    name: 'trainers',
    eventStores: [trainers],
    tableName: 'views',
    dynamoDbClient,
    initialView: undefined as TrainerView | undefined,
    key: ({ aggregateId }) => (aggregateId === 'gary' ? undefined : aggregateId),
    project: {
      TRAINER_CREATED: (view, event) => {
        expectTypeOf(view).toEqualTypeOf<TrainerView | undefined>();
        return { pokemons: view?.pokemons ?? [], name: event.payload.name };
      },
    },
  });

export const viewsOfAnotherShapeDoNotCompile = () => {
  const options = { name: 'trainers', eventStores: [trainers], tableName: 'views', dynamoDbClient };
  dynamoDbProjection({
    ...options,
    initialView,
    key: ({ aggregateId }) => aggregateId,
    project: {
      // @ts-expect-error -- a member is missing
      TRAINER_CREATED: (_, event) => ({ name: event.payload.name }),
    },
  });
  dynamoDbProjection({
    ...options,
    // @ts-expect-error -- the partition key's name is taken
    initialView: { pk: 'ash' },
    key: ({ aggregateId }) => aggregateId,
    project: {},
  });
  dynamoDbProjection({
    ...options,
    // @ts-expect-error -- a key is a string
    key: ({ version }) => version,
    project: {},
  });
};

export const replaysAreFilteredByWhatTheirEventStoresHave = async (): Promise<void> => {
  const mailer = projection({ name: 'm', eventStores: [pokemons], checkpoints: new InMemoryCheckpointStore(), on: {} });
  const progress = await replayEvents({
    projections: [mailer],
    eventStores: [pokemons],
    eventTypes: ['POKEMON_CAUGHT'],
  });
  expectTypeOf(progress).toEqualTypeOf<ReplayProgress>();
  await replayEvents({ projections: [mailer], eventTypes: ['ANY_TYPE'] });

  // @ts-expect-error - none of these event stores has such an event
  await replayEvents({ projections: [mailer], eventStores: [pokemons], eventTypes: ['TRAINER_CREATED'] });
  // @ts-expect-error - a handler is no projection
  await replayEvents({ projections: [createStreamHandler({ projections: [mailer] })] });
  // @ts-expect-error - of what?
  await replayEvents({});
};

export const pollersTakeProjectionsAndAStreamsClient = () => {
  const options = { name: 'views', projections: [handlersAreTypedByTheEventStores()], checkpoints };
  const poller = new StreamPoller({ ...options, dynamoDbStreamsClient: new DynamoDBStreamsClient({}) });
  expectTypeOf(poller.state).toEqualTypeOf<'stopped' | 'waiting' | 'running'>();
  // @ts-expect-error -- no client
  return new StreamPoller({ ...options, dynamoDbStreamsClient: {} });
};

export const allEventsAreNarrowedByTheirEventStore = async (): Promise<void> => {
  for await (const message of readAllEvents({ eventStores: [pokemons, trainers], eventTypes: ['TRAINER_CREATED'] })) {
    expectTypeOf(message).toEqualTypeOf<EventStoreNotificationMessage<typeof pokemons | typeof trainers>>();
    if (message.eventStoreId === 'TRAINERS') expectTypeOf(message.event.payload).toEqualTypeOf<{ name: string }>();
  }
  // @ts-expect-error - neither has such an event
  readAllEvents({ eventStores: [pokemons, trainers], eventTypes: ['POKEMON_SOLD'] });
  // @ts-expect-error - an event has a version
  readAllEvents({ eventStores: [pokemons], after: { eventStoreId: 'POKEMONS', aggregateId: 'pikachu' } });
};

export const channelsTakeTheEventStoresOfTheProjection = () => {
  const options = { name: 'forward', checkpoints };
  const both = { sourceEventStores: [pokemons, trainers] };
  const notifications = new NotificationMessageQueue({ messageQueueId: 'QUEUE', ...both });
  toMessageChannel({ ...options, eventStores: [pokemons, trainers], messageChannel: notifications });
  // A channel may take more than it is given.
  toMessageChannel({ ...options, eventStores: [trainers], messageChannel: notifications });
  const states = new StateCarryingMessageBus({ messageBusId: 'BUS', ...both });
  toMessageChannel({ ...options, eventStores: [pokemons], messageChannel: states });
  const existence = new AggregateExistsMessageBus({ messageQueueId: 'BUS', ...both });
  toMessageChannel({ ...options, eventStores: [pokemons], messageChannel: existence });

  const ofTrainers = { sourceEventStores: [trainers] };
  toMessageChannel({
    ...options,
    eventStores: [pokemons, trainers],
    // @ts-expect-error -- it takes no messages of POKEMONS
    messageChannel: new NotificationMessageQueue({ messageQueueId: 'QUEUE', ...ofTrainers }),
  });
  toMessageChannel({
    ...options,
    eventStores: [pokemons],
    // @ts-expect-error -- it takes no messages of POKEMONS
    messageChannel: new StateCarryingMessageBus({ messageBusId: 'BUS', ...ofTrainers }),
  });
  toMessageChannel({
    ...options,
    eventStores: [pokemons],
    // @ts-expect-error -- it takes no messages of POKEMONS
    messageChannel: new AggregateExistsMessageBus({ messageQueueId: 'BUS', ...ofTrainers }),
  });
  // @ts-expect-error -- no channel
  toMessageChannel({ ...options, eventStores: [pokemons], messageChannel: trainers });
};
