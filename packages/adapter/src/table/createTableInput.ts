import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { eventTableDefinition } from '@castore-dynamodb/table';

import { InvalidArgumentError } from '../errors/index.js';
import { checkBoolean, checkLayout, checkObject, describeValue } from '../events/checkEvent.js';
import type { EventTableReference } from './describeEventTable.js';

/** What is paid for: each request, or capacity that is set aside for the table and, as much again, for its index. */
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
  switch (billing.mode) {
    case 'on-demand': {
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
      const { readCapacityUnits, writeCapacityUnits } = billing;
      checkUnits(readCapacityUnits, 'readCapacityUnits');
      checkUnits(writeCapacityUnits, 'writeCapacityUnits');
      const ProvisionedThroughput = { ReadCapacityUnits: readCapacityUnits, WriteCapacityUnits: writeCapacityUnits };
      return { table: { BillingMode: 'PROVISIONED', ProvisionedThroughput }, index: { ProvisionedThroughput } };
    }
    default:
      throw new InvalidArgumentError(
        'options.billing.mode',
        `expected 'on-demand' or 'provisioned', got ${describeValue((billing as { mode: unknown }).mode)}.`,
      );
  }
};

const checkUnits = (units: unknown, name: string): void => {
  if (!Number.isSafeInteger(units) || (units as number) < 1) {
    throw new InvalidArgumentError(
      `options.billing.${name}`,
      `expected a whole number of units from 1 on, got ${describeValue(units)}.`,
    );
  }
};

const toTags = (tags: Record<string, string>): { Key: string; Value: string }[] => {
  checkObject(tags, 'options.tags');
  return Object.entries(tags).map(([Key, Value]) => {
    if (typeof Value !== 'string') {
      throw new InvalidArgumentError(`options.tags.${Key}`, `expected a string, got ${describeValue(Value)}.`);
    }
    return { Key, Value };
  });
};
