import * as adapterPackage from '../../src/index.js';
import { context, type TestAdapter } from '../support.js';
import { adapterFunctions, eventStoreIdKind } from './adapterFunctions.js';
import { invoke, type PublicFunction, required } from './parameters.js';
import { tableFunctions } from './tableFunctions.js';

/** What is said of errors, items and values. */
const itemFunctions = ({ adapter, layout }: TestAdapter): Record<string, PublicFunction> => {
  return {
    isUnreadableEventError: { arguments: [1], call: invoke(adapterPackage, 'isUnreadableEventError'), parameters: [] },
    isInexactValueError: { arguments: [1], call: invoke(adapterPackage, 'isInexactValueError'), parameters: [] },
    ...Object.fromEntries(
      ['parseEventItem', 'decodeEventItem'].map(name => [
        name,
        {
          arguments: [layout, context.eventStoreId, {}],
          call: invoke(adapterPackage, name),
          parameters: [
            required([0], 'layout', 'layout'),
            required([1], eventStoreIdKind(layout), 'eventStoreId'),
            required([2], 'object', 'item'),
          ],
        },
      ]),
    ),
    decodeTableEvent: {
      arguments: [layout, context.eventStoreId, Buffer.from('[]')],
      call: invoke(adapterPackage, 'decodeTableEvent'),
      parameters: [
        required([0], 'layout', 'layout'),
        required([1], eventStoreIdKind(layout), 'eventStoreId'),
        required([2], 'object', 'json'),
      ],
    },
    aggregateIdIn: {
      arguments: [layout, context.eventStoreId, 'POKEMONS#pikachu'],
      call: invoke(adapterPackage, 'aggregateIdIn'),
      parameters: [
        required([0], 'layout', 'layout'),
        required([1], eventStoreIdKind(layout), 'eventStoreId'),
        required([2], 'key', 'partitionKey'),
      ],
    },
    defineTransformation: {
      arguments: [{ name: 'x', encode: () => undefined, decode: () => ({}) }],
      call: invoke(adapterPackage, 'defineTransformation'),
      parameters: [
        required([0], 'object', 'transformation'),
        required([0, 'name'], 'key', 'transformation.name'),
        required([0, 'encode'], 'function', 'transformation.encode'),
        required([0, 'decode'], 'function', 'transformation.decode'),
      ],
    },
    // It answers for any adapter, as `eventTableOf` does.
    schemaFingerprintOf: {
      arguments: [undefined, context.eventStoreId],
      call: invoke(adapterPackage, 'schemaFingerprintOf'),
      parameters: [],
    },
    // Undefined for any other adapter.
    storedEventsOf: {
      arguments: [adapter, context.eventStoreId],
      call: invoke(adapterPackage, 'storedEventsOf'),
      parameters: [required([1], eventStoreIdKind(layout), 'eventStore.eventStoreId')],
    },
    // They answer for anything.
    contentProtectionOf: {
      arguments: [undefined],
      call: invoke(adapterPackage, 'contentProtectionOf'),
      parameters: [],
    },
    copyEvent: { arguments: [{}], call: invoke(adapterPackage, 'copyEvent'), parameters: [] },
    subjectsOfEvent: { arguments: [{}], call: invoke(adapterPackage, 'subjectsOfEvent'), parameters: [] },
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
    packStoredValue: {
      arguments: [{ S: 'ash' }],
      call: invoke(adapterPackage, 'packStoredValue'),
      parameters: [required([0], 'object', 'storedValue')],
    },
    // Whatever it gets that it did not make is refused by its own error.
    unpackStoredValue: {
      arguments: [adapterPackage.packStoredValue({ S: 'ash' })],
      call: invoke(adapterPackage, 'unpackStoredValue'),
      parameters: [],
    },
  };
};

export const publicFunctions = (testAdapter: TestAdapter): Record<string, PublicFunction> => ({
  ...adapterFunctions(testAdapter),
  ...tableFunctions(testAdapter),
  ...itemFunctions(testAdapter),
});

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
