import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { checkBoolean, checkInteger, checkObject, checkOneOf, checkOptions, refuse } from '@castore-dynamodb/commons';
import { eventTableDefinition } from '@castore-dynamodb/table';

import { checkLayout } from '../checks.js';
import type { EventTableReference } from './controlPlane.js';

/** How the table is paid for: by request, or by provisioned capacity, of which the index gets as much as the table. */
export type EventTableBilling =
  | {
      mode: 'on-demand';
      /** Read request units a second at most; more is throttled. @default no maximum */
      maxReadRequestUnits?: number;
      /** Write request units a second at most; more is throttled. @default no maximum */
      maxWriteRequestUnits?: number;
    }
  | {
      mode: 'provisioned';
      readCapacityUnits: number;
      writeCapacityUnits: number;
    };

export interface EventTableSettings {
  /** @default { mode: 'on-demand' } */
  billing?: EventTableBilling;
  /** Tags of the table. @default none */
  tags?: Record<string, string>;
  /** Whether new events appear in a stream (`NEW_IMAGE`), for projections. @default false */
  stream?: boolean;
  /** Whether the table cannot be deleted until this is switched off. @default false */
  deletionProtection?: boolean;
}

/** All that `createEventTable` takes. The same object may be given to whatever else is done with the table. */
export const TABLE_OPTIONS = {
  tableName: true,
  layout: true,
  billing: true,
  tags: true,
  stream: true,
  deletionProtection: true,
  pointInTimeRecovery: true,
  autoscaling: true,
} as const;

/** @throws InvalidArgumentError */
export const createTableInput = (options: EventTableReference & EventTableSettings): CreateTableCommandInput => {
  const {
    tableName,
    layout,
    billing = { mode: 'on-demand' },
    tags,
    stream = false,
    deletionProtection = false,
  } = options;
  checkLayout(layout, 'options.layout');
  checkBoolean(stream, 'options.stream');
  checkBoolean(deletionProtection, 'options.deletionProtection');
  const { table, index } = capacityOf(billing);
  const definition = eventTableDefinition(layout);
  return {
    TableName: tableName,
    ...definition,
    ...table,
    GlobalSecondaryIndexes: definition.GlobalSecondaryIndexes.map(initialEvents => ({ ...initialEvents, ...index })),
    ...(tags === undefined ? {} : { Tags: toTags(tags) }),
    ...(stream ? { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } } : {}),
    ...(deletionProtection ? { DeletionProtectionEnabled: true } : {}),
  };
};

type Index = NonNullable<CreateTableCommandInput['GlobalSecondaryIndexes']>[number];

const capacityOf = (billing: EventTableBilling): { table: Partial<CreateTableCommandInput>; index: Partial<Index> } => {
  checkObject(billing, 'options.billing');
  checkOneOf(billing.mode, 'options.billing.mode', ['on-demand', 'provisioned']);
  switch (billing.mode) {
    case 'on-demand': {
      checkOptions(billing, 'options.billing', { mode: true, maxReadRequestUnits: true, maxWriteRequestUnits: true });
      const { maxReadRequestUnits, maxWriteRequestUnits } = billing;
      if (maxReadRequestUnits !== undefined) checkUnits(maxReadRequestUnits, 'maxReadRequestUnits');
      if (maxWriteRequestUnits !== undefined) checkUnits(maxWriteRequestUnits, 'maxWriteRequestUnits');
      const hasMaximum = maxReadRequestUnits !== undefined || maxWriteRequestUnits !== undefined;
      const maximum = hasMaximum
        ? {
            OnDemandThroughput: {
              ...(maxReadRequestUnits === undefined ? {} : { MaxReadRequestUnits: maxReadRequestUnits }),
              ...(maxWriteRequestUnits === undefined ? {} : { MaxWriteRequestUnits: maxWriteRequestUnits }),
            },
          }
        : {};
      return { table: { BillingMode: 'PAY_PER_REQUEST', ...maximum }, index: maximum };
    }
    case 'provisioned': {
      checkOptions(billing, 'options.billing', { mode: true, readCapacityUnits: true, writeCapacityUnits: true });
      const { readCapacityUnits, writeCapacityUnits } = billing;
      checkUnits(readCapacityUnits, 'readCapacityUnits');
      checkUnits(writeCapacityUnits, 'writeCapacityUnits');
      const ProvisionedThroughput = { ReadCapacityUnits: readCapacityUnits, WriteCapacityUnits: writeCapacityUnits };
      return { table: { BillingMode: 'PROVISIONED', ProvisionedThroughput }, index: { ProvisionedThroughput } };
    }
  }
};

const checkUnits = (units: unknown, name: string): void => checkInteger(units, `options.billing.${name}`);

const toTags = (tags: Record<string, string>): { Key: string; Value: string }[] => {
  checkObject(tags, 'options.tags');
  return Object.entries(tags).map(([Key, Value]) => {
    if (typeof Value !== 'string') refuse(`options.tags.${Key}`, 'a string', Value);
    return { Key, Value };
  });
};
