import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import {
  checkClient,
  checkOptions,
  describeValue,
  InvalidArgumentError,
  type OptionNames,
  refuse,
  withDeadline,
} from '@castore-dynamodb/commons';
import { EVENT_TABLE_INITIAL_EVENT_INDEX_NAME } from '@castore-dynamodb/table';

export interface CapacityRange {
  min: number;
  max: number;
  /** The share of the capacity that autoscaling aims to have in use, in percent. @default 70 */
  targetUtilizationPercent?: number;
}

/**
 * An `ApplicationAutoScalingClient` of `@aws-sdk/client-application-auto-scaling`, as far as it is needed here.
 * Described by its shape, so that only those who scale a table need that package.
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

const OPTIONS = {
  applicationAutoScalingClient: true,
  read: true,
  write: true,
} satisfies OptionNames<EventTableAutoscaling>;
const RANGE = { min: true, max: true, targetUtilizationPercent: true } satisfies OptionNames<CapacityRange>;

export const checkAutoscaling = (autoscaling: EventTableAutoscaling): void => {
  checkOptions(autoscaling, 'options.autoscaling', OPTIONS);
  for (const direction of ['read', 'write'] as const) {
    const argument = `options.autoscaling.${direction}`;
    checkOptions(autoscaling[direction], argument, RANGE);
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
      refuse(`${argument}.targetUtilizationPercent`, 'a number from 20 to 90', targetUtilizationPercent);
    }
  }
  checkClient(autoscaling.applicationAutoScalingClient, 'options.autoscaling.applicationAutoScalingClient');
};

/**
 * A name that no bundler sees, in CommonJS as in ESM, so that only those who scale a table need the package.
 * In a bundle it is loaded from `node_modules` beside it.
 */
const PACKAGE: string = ['@aws-sdk', 'client-application-auto-scaling'].join('/');

const loadCommands = async (): Promise<typeof import('@aws-sdk/client-application-auto-scaling')> => {
  try {
    return await import(PACKAGE);
  } catch (cause) {
    throw new InvalidArgumentError(
      'options.autoscaling',
      `it needs the package ${PACKAGE}, which cannot be loaded: install it, beside the bundle if there is one.`,
      { cause },
    );
  }
};

/** How long one request of Application Auto Scaling may take. */
const DEADLINE_MS = 10_000;

/** Loads what it needs at once; what it returns sends the requests, when the table is there. */
export const prepareAutoscaling = async (
  tableName: string,
  autoscaling: EventTableAutoscaling,
): Promise<() => Promise<void>> => {
  const { PutScalingPolicyCommand, RegisterScalableTargetCommand } = await loadCommands();
  const { targets, policies } = autoscalingRequests(tableName, autoscaling);
  const client = autoscaling.applicationAutoScalingClient as ApplicationAutoScalingClient;
  const withinDeadline = (operation: string, send: (options: { abortSignal: AbortSignal }) => Promise<unknown>) =>
    withDeadline({ operation, milliseconds: DEADLINE_MS }, abortSignal => send({ abortSignal }));
  return async () => {
    for (const target of targets) {
      await withinDeadline('RegisterScalableTarget', options =>
        client.send(new RegisterScalableTargetCommand(target), options),
      );
    }
    for (const policy of policies) {
      await withinDeadline('PutScalingPolicy', options => client.send(new PutScalingPolicyCommand(policy), options));
    }
  };
};
