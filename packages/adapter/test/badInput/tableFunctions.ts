import * as adapterPackage from '../../src/index.js';
import { type TestAdapter } from '../support.js';
import { invoke, optional, type Parameter, type PublicFunction, required } from './parameters.js';

/** What makes, describes and deletes tables. */
export const tableFunctions = ({
  adapter,
  layout,
  tableName,
  dynamoDbClient,
}: TestAdapter): Record<string, PublicFunction> => {
  const table = { tableName, layout };
  const tableParameters: Parameter[] = [
    required([0], 'client', 'dynamoDbClient'),
    required([1], 'object', 'options'),
    required([1, 'tableName'], 'key', 'options.tableName'),
  ];
  const layoutParameter = required([1, 'layout'], 'layout', 'options.layout');
  const units = (path: string, mode: 'on-demand' | 'provisioned') =>
    (mode === 'provisioned' ? required : optional)([1, 'billing', path], 'positive integer', `options.billing.${path}`);
  const autoscaling = {
    applicationAutoScalingClient: { send: async () => ({}) },
    read: { min: 1, max: 10, targetUtilizationPercent: 70 },
    write: { min: 1, max: 10, targetUtilizationPercent: 70 },
  };

  return {
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
    eventTableDifferences: {
      arguments: [layout, {}],
      call: invoke(adapterPackage, 'eventTableDifferences'),
      parameters: [required([0], 'layout', 'layout'), required([1], 'object', 'table')],
    },
    checkEventTable: {
      arguments: [adapter],
      call: invoke(adapterPackage, 'checkEventTable'),
      parameters: [required([0], 'anything at all', 'adapterOrEventStore')],
    },
    ...Object.fromEntries(
      ['scanTableItems', 'scanTableEvents'].map(name => [
        name,
        {
          arguments: [dynamoDbClient, { tableName, segment: 0, segments: 1 }],
          call: invoke(adapterPackage, name),
          parameters: [
            ...tableParameters,
            required([1, 'segments'], 'positive integer', 'options.segments'),
            optional([1, 'startKey'], 'object', 'options.startKey'),
            optional([1, 'limit'], 'positive integer', 'options.limit'),
            optional([1, 'consistentRead'], 'boolean', 'options.consistentRead'),
            name === 'scanTableItems'
              ? optional([1, 'keysOnly'], 'boolean', 'options.keysOnly')
              : optional([1, 'content'], 'boolean', 'options.content'),
            optional([1, 'deadlineMs'], 'positive integer', 'options.deadlineMs'),
          ],
        },
      ]),
    ),
    putTableItem: {
      arguments: [dynamoDbClient, { tableName, item: {} }],
      call: invoke(adapterPackage, 'putTableItem'),
      parameters: [
        ...tableParameters,
        required([1, 'item'], 'object', 'options.item'),
        optional([1, 'before'], 'object', 'options.before'),
      ],
    },
    eventTableDefinition: {
      arguments: [layout],
      call: invoke(adapterPackage, 'eventTableDefinition'),
      parameters: [required([0], 'layout', { typeErrorAbout: 'layout' })],
    },
  };
};
