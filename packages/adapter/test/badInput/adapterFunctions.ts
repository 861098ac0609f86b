import { EventStore, EventType, GroupedEvent } from '@castore/core';
import type { Kind } from '@castore-dynamodb/testing/badValues';

import type { EventTableLayout } from '../../src/index.js';
import * as adapterPackage from '../../src/index.js';
import { type Adapter, caught, context, type TestAdapter } from '../support.js';
import { eventParameters, invoke, optional, type Parameter, type PublicFunction, required } from './parameters.js';

const pokemonCaught = new EventType<'POKEMON_CAUGHT'>({ type: 'POKEMON_CAUGHT' });

const pokemonStore = (eventStorageAdapter: Adapter) =>
  new EventStore({
    ...context,
    eventTypes: [pokemonCaught],
    reducer: (_: unknown, { aggregateId, version }) => ({ aggregateId, version }),
    eventStorageAdapter,
  });

export const eventStoreIdKind = (layout: EventTableLayout): Kind =>
  layout === 'single-table' ? 'event store id without #' : 'event store id';

/** The adapters' methods, and the functions that take events. */
export const adapterFunctions = ({
  adapter,
  layout,
  tableName,
  dynamoDbClient,
}: TestAdapter): Record<string, PublicFunction> => {
  const eventStoreId = eventStoreIdKind(layout);
  const AdapterClass =
    layout === 'single-table'
      ? adapterPackage.DynamoDbSingleTableEventStorageAdapter
      : adapterPackage.DynamoDbEventStorageAdapter;
  const event = caught('pikachu', 1);
  const store = pokemonStore(adapter);
  const grouped = (version: number) => {
    const { timestamp: __, ...withoutTime } = caught('pikachu', version);
    return new GroupedEvent({ event: withoutTime, context, eventStorageAdapter: adapter });
  };
  const contextParameters = (position: number, name: string): Parameter[] => [
    required([position], 'object', name),
    required([position, 'eventStoreId'], eventStoreId, `${name}.eventStoreId`),
  ];
  const groupParameters = (path: (index: number) => Parameter['path']): Parameter[] => [
    ...[0, 1, 2].map(index => required(path(index), 'grouped event', { eventIndex: index })),
    required([...path(1), 'eventStorageAdapter'], 'anything at all', { eventIndex: 1 }),
    required([...path(1), 'context'], 'context of a grouped event', { eventIndex: 1 }),
    required([...path(2), 'context', 'eventStoreId'], eventStoreId, 'groupedEvents[2].context.eventStoreId'),
    ...eventParameters([...path(2), 'event'], 'groupedEvents[2].event'),
  ];
  const check = { ...context, aggregateId: 'raichu', version: 1, eventStorageAdapter: adapter };
  const checkParameters = (path: (index: number) => Parameter['path']): Parameter[] => [
    optional(path(-1).slice(0, -1), 'checks', 'options.checks'),
    required(path(0), 'object', 'options.checks[0]'),
    required([...path(0), 'eventStoreId'], eventStoreId, 'options.checks[0].eventStoreId'),
    required([...path(0), 'aggregateId'], 'aggregate id', 'options.checks[0].aggregateId'),
    required([...path(0), 'version'], 'version or 0', 'options.checks[0].version'),
    required([...path(0), 'eventStorageAdapter'], 'anything at all', { eventIndex: undefined }),
  ];
  const queryParameters: Parameter[] = [
    required([0], 'aggregate id', 'aggregateId'),
    ...contextParameters(1, 'context'),
    optional([2], 'object', 'options'),
    optional([2, 'minVersion'], 'positive integer', 'options.minVersion'),
    optional([2, 'maxVersion'], 'positive integer', 'options.maxVersion'),
    optional([2, 'limit'], 'positive integer', 'options.limit'),
    optional([2, 'reverse'], 'boolean', 'options.reverse'),
  ];

  return {
    [`new ${AdapterClass.name}`]: {
      arguments: [{ tableName, dynamoDbClient, gapless: false }],
      call: (...given) => new AdapterClass(...(given as never as [never])),
      parameters: [
        required([0], 'object', 'options'),
        required([0, 'tableName'], 'table name', 'options.tableName'),
        required([0, 'dynamoDbClient'], 'client', 'options.dynamoDbClient'),
        optional([0, 'gapless'], 'boolean', 'options.gapless'),
        optional([0, 'transformations'], 'transformations', 'options.transformations'),
        ...(layout === 'single-table'
          ? [optional([0, 'initialEventShards'], 'shards', 'options.initialEventShards')]
          : []),
      ],
    },
    'tableName() of an adapter': {
      arguments: [tableName],
      call: given =>
        new AdapterClass({ tableName: () => given as string, dynamoDbClient }).getEvents('pikachu', context),
      parameters: [required([0], 'table name', 'options.tableName()')],
    },
    'adapter.getEvents': {
      arguments: ['pikachu', context, { minVersion: 1, maxVersion: 5, limit: 2, reverse: false }],
      call: invoke(adapter, 'getEvents'),
      parameters: queryParameters,
    },
    'adapter.streamEvents': {
      arguments: ['pikachu', context, { minVersion: 1, maxVersion: 5, limit: 2, reverse: false }],
      call: (...given) => (invoke(adapter, 'streamEvents')(...given) as AsyncGenerator).next(),
      parameters: queryParameters,
    },
    'adapter.pushEvent': {
      arguments: [event, { ...context, force: false }],
      call: invoke(adapter, 'pushEvent'),
      parameters: [
        ...eventParameters([0], 'event'),
        ...contextParameters(1, 'options'),
        optional([1, 'force'], 'boolean', 'options.force'),
      ],
    },
    // It answers for any adapter, and sends no request.
    previewPush: {
      arguments: [adapter, event, context],
      call: invoke(adapterPackage, 'previewPush'),
      parameters: [...eventParameters([1], 'event'), ...contextParameters(2, 'options')],
    },
    'adapter.groupEvent': {
      arguments: [event],
      call: invoke(adapter, 'groupEvent'),
      parameters: [required([0], 'object', 'event')],
    },
    'adapter.pushEventGroup': {
      arguments: [{ force: false, checks: [check] }, grouped(1), grouped(2), grouped(3)],
      call: invoke(adapter, 'pushEventGroup'),
      parameters: [
        required([0], 'object', 'options'),
        optional([0, 'force'], 'boolean', 'options.force'),
        optional([0, 'dynamoDbClient'], 'client', 'options.dynamoDbClient'),
        ...checkParameters(index => [0, 'checks', index]),
        ...groupParameters(index => [index + 1]),
      ],
    },
    'adapter.listAggregateIds': {
      arguments: [context, { limit: 1, reverse: false, initialEventAfter: '2026', initialEventBefore: '2027' }],
      call: invoke(adapter, 'listAggregateIds'),
      parameters: [
        ...contextParameters(0, 'context'),
        optional([1], 'object', 'options'),
        optional([1, 'limit'], 'positive integer', 'options.limit'),
        optional([1, 'reverse'], 'boolean', 'options.reverse'),
        optional([1, 'initialEventAfter'], 'instant', 'options.initialEventAfter'),
        optional([1, 'initialEventBefore'], 'instant', 'options.initialEventBefore'),
        optional([1, 'pageToken'], 'page token', { code: 'InvalidPageTokenError' }),
      ],
    },
    formatEventForTransaction: {
      arguments: [store, event],
      call: invoke(adapterPackage, 'formatEventForTransaction'),
      parameters: [required([0], 'event store', 'eventStore'), required([1], 'object', 'event')],
    },
    pushEventsTransaction: {
      arguments: [[grouped(1), grouped(2), grouped(3)], { force: false, checks: [check] }],
      call: invoke(adapterPackage, 'pushEventsTransaction'),
      parameters: [
        required([0], 'events of a transaction', { eventIndex: undefined }),
        optional([1], 'object', 'options'),
        optional([1, 'force'], 'boolean', 'options.force'),
        optional([1, 'dynamoDbClient'], 'client', 'options.dynamoDbClient'),
        ...checkParameters(index => [1, 'checks', index]),
        ...groupParameters(index => [0, index]),
      ],
    },
    putAlongside: {
      arguments: [grouped(1), () => []],
      call: invoke(adapterPackage, 'putAlongside'),
      parameters: [required([0], 'object', 'groupedEvent'), required([1], 'function', 'puts')],
    },
    // It answers whether an adapter is one of ours, so that anything may be asked of it.
    eventTableOf: { arguments: [adapter], call: invoke(adapterPackage, 'eventTableOf'), parameters: [] },
  };
};
