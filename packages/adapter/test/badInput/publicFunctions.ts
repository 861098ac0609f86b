import { EventStore, EventType, GroupedEvent } from '@castore/core';
import type { Kind } from '@castore-dynamodb/testing/badValues';

import * as adapterPackage from '../../src/index.js';
import { type Adapter, caught, context, type TestAdapter } from '../support.js';

/** What the error for a bad argument says of it. */
export type Refusal =
  | { argument: string }
  | { eventIndex: number | undefined }
  | { code: 'InvalidPageTokenError' }
  | { typeErrorAbout: string };

export interface Parameter {
  /** Where the argument is within the arguments: `[1, 'limit']`. */
  path: (string | number)[];
  kind: Kind;
  refusal: Refusal;
  isRequired: boolean;
}

export interface PublicFunction {
  /** Good arguments; bad ones take their places one by one. */
  arguments: unknown[];
  call: (...given: unknown[]) => unknown;
  parameters: Parameter[];
}

const required = (path: Parameter['path'], kind: Kind, refusal: Refusal | string): Parameter => ({
  path,
  kind,
  refusal: typeof refusal === 'string' ? { argument: refusal } : refusal,
  isRequired: true,
});
const optional = (...parameter: Parameters<typeof required>): Parameter => ({
  ...required(...parameter),
  isRequired: false,
});

/** A method or function, past its types. */
const invoke =
  (target: object, name: string) =>
  (...given: unknown[]): unknown =>
    (target as Record<string, (...given: unknown[]) => unknown>)[name]?.(...given);

const pokemonCaught = new EventType<'POKEMON_CAUGHT'>({ type: 'POKEMON_CAUGHT' });

const pokemonStore = (eventStorageAdapter: Adapter) =>
  new EventStore({
    ...context,
    eventTypes: [pokemonCaught],
    reducer: (_: unknown, { aggregateId, version }) => ({ aggregateId, version }),
    eventStorageAdapter,
  });

/** Everything about an event but its payload and metadata, which may be anything. */
const eventParameters = (path: Parameter['path'], argument: string): Parameter[] => [
  required(path, 'object', argument),
  required([...path, 'aggregateId'], 'aggregate id', `${argument}.aggregateId`),
  required([...path, 'version'], 'positive integer', `${argument}.version`),
  required([...path, 'type'], 'type', `${argument}.type`),
  optional([...path, 'timestamp'], "an event's timestamp", `${argument}.timestamp`),
  optional([...path, 'color'], 'anything at all', `${argument}.color`),
  optional([...path, '__proto__'], 'anything at all', `${argument}.__proto__`),
];

export const publicFunctions = ({ adapter, layout, tableName, dynamoDbClient }: TestAdapter) => {
  const eventStoreId: Kind = layout === 'single-table' ? 'event store id without #' : 'event store id';
  const AdapterClass =
    layout === 'single-table'
      ? adapterPackage.DynamoDbSingleTableEventStorageAdapter
      : adapterPackage.DynamoDbEventStorageAdapter;
  const table = { tableName, layout };
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
  const tableParameters: Parameter[] = [
    required([0], 'client', 'dynamoDbClient'),
    required([1], 'object', 'options'),
    required([1, 'tableName'], 'key', 'options.tableName'),
  ];
  const layoutParameter = required([1, 'layout'], 'layout', 'options.layout');
  const units = (path: string, mode: 'on-demand' | 'provisioned') =>
    (mode === 'provisioned' ? required : optional)([1, 'billing', path], 'positive integer', `options.billing.${path}`);
  const autoscaling = {
    applicationAutoScalingClient: dynamoDbClient,
    read: { min: 1, max: 10, targetUtilizationPercent: 70 },
    write: { min: 1, max: 10, targetUtilizationPercent: 70 },
  };

  const functions: Record<string, PublicFunction> = {
    [`new ${AdapterClass.name}`]: {
      arguments: [{ tableName, dynamoDbClient, gapless: false }],
      call: (...given) => new AdapterClass(...(given as never as [never])),
      parameters: [
        required([0], 'object', 'options'),
        required([0, 'tableName'], 'table name', 'options.tableName'),
        required([0, 'dynamoDbClient'], 'client', 'options.dynamoDbClient'),
        optional([0, 'gapless'], 'boolean', 'options.gapless'),
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
    createEventTable: {
      arguments: [dynamoDbClient, { ...table, billing: { mode: 'on-demand' } }],
      call: invoke(adapterPackage, 'createEventTable'),
      parameters: [
        ...tableParameters,
        layoutParameter,
        optional([1, 'billing'], 'object', 'options.billing'),
        required([1, 'billing', 'mode'], 'billing mode', 'options.billing.mode'),
        units('maxReadRequestUnits', 'on-demand'),
        units('maxWriteRequestUnits', 'on-demand'),
        optional([1, 'tags'], 'tags', 'options.tags'),
        optional([1, 'stream'], 'boolean', 'options.stream'),
        optional([1, 'deletionProtection'], 'boolean', 'options.deletionProtection'),
        optional([1, 'pointInTimeRecovery'], 'boolean', 'options.pointInTimeRecovery'),
        optional([1, 'autoscaling'], 'object', 'options.autoscaling'),
      ],
    },
    'createEventTable with provisioned capacity': {
      arguments: [
        dynamoDbClient,
        { ...table, billing: { mode: 'provisioned', readCapacityUnits: 1, writeCapacityUnits: 1 }, autoscaling },
      ],
      call: invoke(adapterPackage, 'createEventTable'),
      parameters: [
        units('readCapacityUnits', 'provisioned'),
        units('writeCapacityUnits', 'provisioned'),
        required(
          [1, 'autoscaling', 'applicationAutoScalingClient'],
          'client',
          'options.autoscaling.applicationAutoScalingClient',
        ),
        ...['read', 'write'].flatMap(direction => [
          required([1, 'autoscaling', direction], 'object', `options.autoscaling.${direction}`),
          required([1, 'autoscaling', direction, 'min'], 'positive integer', `options.autoscaling.${direction}`),
          required([1, 'autoscaling', direction, 'max'], 'positive integer', `options.autoscaling.${direction}`),
          optional(
            [1, 'autoscaling', direction, 'targetUtilizationPercent'],
            'percentage',
            `options.autoscaling.${direction}.targetUtilizationPercent`,
          ),
        ]),
      ],
    },
    deleteEventTable: {
      arguments: [dynamoDbClient, table],
      call: invoke(adapterPackage, 'deleteEventTable'),
      parameters: tableParameters,
    },
    describeEventTable: {
      arguments: [dynamoDbClient, table],
      call: invoke(adapterPackage, 'describeEventTable'),
      parameters: [...tableParameters, layoutParameter],
    },
    checkEventTable: {
      arguments: [adapter],
      call: invoke(adapterPackage, 'checkEventTable'),
      parameters: [required([0], 'anything at all', 'adapterOrEventStore')],
    },
    isUnreadableEventError: { arguments: [1], call: invoke(adapterPackage, 'isUnreadableEventError'), parameters: [] },
    isInexactValueError: { arguments: [1], call: invoke(adapterPackage, 'isInexactValueError'), parameters: [] },
    parseEventItem: {
      arguments: [layout, context.eventStoreId, {}],
      call: invoke(adapterPackage, 'parseEventItem'),
      parameters: [
        required([0], 'layout', 'layout'),
        required([1], eventStoreId, 'eventStoreId'),
        required([2], 'object', 'item'),
      ],
    },
    itemSize: {
      arguments: [{}],
      call: invoke(adapterPackage, 'itemSize'),
      parameters: [required([0], 'object', 'item')],
    },
    toStoredValue: {
      arguments: ['ash', 'name'],
      call: invoke(adapterPackage, 'toStoredValue'),
      parameters: [required([1], 'key', 'name')],
    },
    fromStoredValue: {
      arguments: [{ S: 'ash' }, 'name'],
      call: invoke(adapterPackage, 'fromStoredValue'),
      parameters: [required([0], 'object', 'storedValue'), required([1], 'key', 'name')],
    },
    putAlongside: {
      arguments: [grouped(1), () => []],
      call: invoke(adapterPackage, 'putAlongside'),
      parameters: [required([0], 'object', 'groupedEvent'), required([1], 'function', 'puts')],
    },
    // It answers whether an adapter is one of ours, so that anything may be asked of it.
    eventTableOf: { arguments: [adapter], call: invoke(adapterPackage, 'eventTableOf'), parameters: [] },
    eventTableDefinition: {
      arguments: [layout],
      call: invoke(adapterPackage, 'eventTableDefinition'),
      parameters: [required([0], 'layout', { typeErrorAbout: 'layout' })],
    },
  };
  return functions;
};

/** Functions of the package that are in no row: the constructors of errors, which nobody is asked to call. */
export const missingFunctions = (functions: Record<string, PublicFunction>): string[] => {
  const rows = Object.keys(functions).join(' ');
  const isError = (value: unknown): boolean =>
    typeof value === 'function' && value.prototype instanceof adapterPackage.CastoreDynamoDbError;
  const isAdapter = (name: string): boolean => name.endsWith('EventStorageAdapter');
  const exported = Object.entries(adapterPackage)
    .filter(([name, value]) => typeof value === 'function' && !isError(value) && !isAdapter(name))
    .map(([name]) => name)
    .filter(name => name !== 'CastoreDynamoDbError');
  const { constructor: __, ...methods } = Object.getOwnPropertyDescriptors(
    Object.getPrototypeOf(adapterPackage.DynamoDbEventStorageAdapter.prototype) as object,
  );
  const expected = [...exported, ...Object.keys(methods).map(name => `adapter.${name}`)];
  return expected.filter(name => !rows.includes(name));
};
