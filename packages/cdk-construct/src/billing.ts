import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';

import { checkOneOf, checkProps, checkWholeNumber, defined, type PropNames, refuse } from './checks.js';

/** Pay for each request. Nothing to plan; the caps, if given, bound what a runaway program can cost. */
export interface OnDemandBilling {
  /** Which of the two this is. */
  readonly mode: 'on-demand';

  /**
   * Read request units a second beyond which DynamoDB throttles: on the table, and as many again on its index.
   *
   * @default - no cap but the account's
   */
  readonly maxReadRequestUnits?: number;

  /**
   * Write request units a second beyond which DynamoDB throttles: on the table, and as many again on its index.
   *
   * @default - no cap but the account's
   */
  readonly maxWriteRequestUnits?: number;
}

/**
 * Pay for capacity by the hour. It follows the load between a minimum and a maximum, on the table and on its index.
 *
 * @example
 * const events = new EventTable(stack, 'Events', {
 *   billing: {
 *     mode: 'provisioned',
 *     read: { minCapacity: 5, maxCapacity: 100 },
 *     write: { minCapacity: 5, maxCapacity: 100 },
 *   },
 *   alarms: { throttledRequests: 10 },
 * });
 */
export interface ProvisionedBilling {
  /** Which of the two this is. */
  readonly mode: 'provisioned';

  /** Read capacity of the table: minimum (default 1), maximum, and the utilisation aimed at in percent (default 70). */
  readonly read: dynamodb.AutoscaledCapacityOptions;

  /** Write capacity of the table: minimum (default 1), maximum, and the utilisation aimed at in percent (default 70). */
  readonly write: dynamodb.AutoscaledCapacityOptions;

  /**
   * Read capacity of the index, which listing aggregates consumes.
   *
   * @default - the same as `read`
   */
  readonly indexRead?: dynamodb.AutoscaledCapacityOptions;

  /**
   * Write capacity of the index, which the first event of every aggregate consumes. An index that is short of it
   * throttles the table's writes too.
   *
   * @default - the same as `write`
   */
  readonly indexWrite?: dynamodb.AutoscaledCapacityOptions;
}

/** How reads and writes are paid for. */
export type EventTableBilling = OnDemandBilling | ProvisionedBilling;

/** What `billing` means to the table and to its index, which inherits only a part of the table's settings. */
export const capacity = (
  billing: EventTableBilling,
): {
  readonly billing: dynamodb.Billing;
  readonly index: Pick<
    dynamodb.GlobalSecondaryIndexPropsV2,
    'maxReadRequestUnits' | 'maxWriteRequestUnits' | 'readCapacity' | 'writeCapacity'
  >;
} => {
  checkBilling(billing);
  switch (billing.mode) {
    case 'on-demand': {
      const { maxReadRequestUnits, maxWriteRequestUnits } = billing;
      const caps = defined({ maxReadRequestUnits, maxWriteRequestUnits });
      return { billing: dynamodb.Billing.onDemand(caps), index: caps };
    }
    case 'provisioned': {
      const { read, write, indexRead = read, indexWrite = write } = billing;
      return {
        billing: dynamodb.Billing.provisioned({
          readCapacity: dynamodb.Capacity.autoscaled(read),
          writeCapacity: dynamodb.Capacity.autoscaled(write),
        }),
        index: {
          readCapacity: dynamodb.Capacity.autoscaled(indexRead),
          writeCapacity: dynamodb.Capacity.autoscaled(indexWrite),
        },
      };
    }
  }
};

const ON_DEMAND = {
  mode: true,
  maxReadRequestUnits: true,
  maxWriteRequestUnits: true,
} satisfies PropNames<OnDemandBilling>;

const PROVISIONED = {
  mode: true,
  read: true,
  write: true,
  indexRead: true,
  indexWrite: true,
} satisfies PropNames<ProvisionedBilling>;

const checkBilling = (billing: EventTableBilling): void => {
  checkOneOf('billing.mode', billing?.mode ?? 'nothing', ['on-demand', 'provisioned']);
  if (billing.mode === 'on-demand') {
    checkProps(billing, ON_DEMAND, 'billing');
    // The CDK would leave a cap of 0 out of the template, which then means no cap at all.
    checkWholeNumber('billing.maxReadRequestUnits', billing.maxReadRequestUnits, 1);
    checkWholeNumber('billing.maxWriteRequestUnits', billing.maxWriteRequestUnits, 1);
    return;
  }
  checkProps(billing, PROVISIONED, 'billing');
  const { read, write, indexRead = read, indexWrite = write } = billing;
  for (const [name, range] of Object.entries({ read, write, indexRead, indexWrite })) {
    if (typeof range !== 'object' || range === null) refuse(`billing.${name}`, 'a capacity: { maxCapacity }', range);
    checkWholeNumber(`billing.${name}.minCapacity`, range.minCapacity, 1);
    checkWholeNumber(`billing.${name}.maxCapacity`, range.maxCapacity, range.minCapacity ?? 1);
    checkWholeNumber(`billing.${name}.seedCapacity`, range.seedCapacity, 1);
  }
};
