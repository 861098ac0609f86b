import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { EVENT_TABLE_INITIAL_EVENT_INDEX_NAME } from '@castore-dynamodb/table';

import { InvalidArgumentError } from '../errors/index.js';
import { checkClient, checkObject, describeValue } from '../events/checkEvent.js';

export interface CapacityRange {
  min: number;
  max: number;
  /** The share of the capacity that autoscaling aims to have in use, in percent. @default 70 */
  targetUtilizationPercent?: number;
}

/**
 * An `ApplicationAutoScalingClient` of `@aws-sdk/client-application-auto-scaling`, as far as it is needed here: so that
 * nobody has to have that package who scales no table.
 */
export interface ApplicationAutoScalingClientLike {
  send(command: never): Promise<unknown>;
}

export interface EventTableAutoscaling {
  /** A client of `@aws-sdk/client-application-auto-scaling`, which this package needs only for this. */
  applicationAutoScalingClient: ApplicationAutoScalingClientLike;
  /** Read capacity of the table and, by itself, of its index. */
  read: CapacityRange;
  /** Write capacity of the table and, by itself, of its index. */
  write: CapacityRange;
}

const DEFAULT_TARGET_UTILIZATION_PERCENT = 70;

/** Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html */
const DIMENSIONS = { read: 'ReadCapacityUnits', write: 'WriteCapacityUnits' } as const;

/** Table and index each scale their reads and their writes. Both kinds of request may be repeated. */
const autoscalingRequests = (tableName: string, autoscaling: EventTableAutoscaling) => {
  // DynamoDB takes a table's ARN (`…:table/<name>`) in place of its name, Application Auto Scaling does not.
  const name = tableName.slice(tableName.lastIndexOf('/') + 1);
  const scaled = [
    { ResourceId: `table/${name}`, kind: 'table' },
    { ResourceId: `table/${name}/index/${EVENT_TABLE_INITIAL_EVENT_INDEX_NAME}`, kind: 'index' },
  ] as const;
  const requests = scaled.flatMap(({ ResourceId, kind }) =>
    (['read', 'write'] as const).map(direction => {
      const { min, max, targetUtilizationPercent = DEFAULT_TARGET_UTILIZATION_PERCENT } = autoscaling[direction];
      const dimension = DIMENSIONS[direction];
      const common = {
        ServiceNamespace: 'dynamodb',
        ResourceId,
        ScalableDimension: `dynamodb:${kind}:${dimension}`,
      } as const;
      return {
        target: { ...common, MinCapacity: min, MaxCapacity: max },
        policy: {
          ...common,
          PolicyName: `${ResourceId}-${dimension}`,
          PolicyType: 'TargetTrackingScaling',
          TargetTrackingScalingPolicyConfiguration: {
            TargetValue: targetUtilizationPercent,
            PredefinedMetricSpecification: {
              PredefinedMetricType:
                direction === 'read' ? 'DynamoDBReadCapacityUtilization' : 'DynamoDBWriteCapacityUtilization',
            },
          },
        },
      } as const;
    }),
  );
  return { targets: requests.map(({ target }) => target), policies: requests.map(({ policy }) => policy) };
};

export const checkAutoscaling = (autoscaling: EventTableAutoscaling): void => {
  checkObject(autoscaling, 'options.autoscaling');
  for (const direction of ['read', 'write'] as const) {
    const argument = `options.autoscaling.${direction}`;
    checkObject(autoscaling[direction], argument);
    const { min, max, targetUtilizationPercent = DEFAULT_TARGET_UTILIZATION_PERCENT } = autoscaling[direction];
    if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || min < 1 || max < min) {
      throw new InvalidArgumentError(
        argument,
        `expected whole numbers with 1 <= min <= max, got min ${describeValue(min)} and max ${describeValue(max)}.`,
      );
    }
    // The range that DynamoDB takes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html
    const isInRange = targetUtilizationPercent >= 20 && targetUtilizationPercent <= 90;
    if (typeof targetUtilizationPercent !== 'number' || !isInRange) {
      throw new InvalidArgumentError(
        `${argument}.targetUtilizationPercent`,
        `expected a number from 20 to 90, got ${describeValue(targetUtilizationPercent)}.`,
      );
    }
  }
  checkClient(autoscaling.applicationAutoScalingClient, 'options.autoscaling.applicationAutoScalingClient');
};

/**
 * Loaded here alone, so that only those who scale a table install it. In a `try`, so that bundlers do not insist on it
 * either.
 */
const loadCommands = async (): Promise<typeof import('@aws-sdk/client-application-auto-scaling')> => {
  try {
    return await import('@aws-sdk/client-application-auto-scaling');
  } catch (cause) {
    throw new InvalidArgumentError(
      'options.autoscaling',
      'it needs the package @aws-sdk/client-application-auto-scaling, which cannot be loaded: install it.',
      { cause },
    );
  }
};

/** Loads what it needs at once; what it returns sends the requests, when the table is there. */
export const prepareAutoscaling = async (
  tableName: string,
  autoscaling: EventTableAutoscaling,
): Promise<() => Promise<void>> => {
  const { PutScalingPolicyCommand, RegisterScalableTargetCommand } = await loadCommands();
  const { targets, policies } = autoscalingRequests(tableName, autoscaling);
  const client = autoscaling.applicationAutoScalingClient as ApplicationAutoScalingClient;
  return async () => {
    for (const target of targets) await client.send(new RegisterScalableTargetCommand(target));
    for (const policy of policies) await client.send(new PutScalingPolicyCommand(policy));
  };
};
