import { Annotations, Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct, IConstruct } from 'constructs';

import {
  checkBoolean,
  checkDuration,
  checkOneOf,
  checkProps,
  checkWholeNumber,
  differ,
  InvalidEventTablePropsError,
  isKnown,
  type PropNames,
  refuse,
} from './checks.js';
import type { SecuredTable } from './grantOperation.js';
import type { StreamHandlerProps } from './StreamHandlerProps.js';
import { functionOf } from './streamHandlerAlarms.js';

const NAMES = {
  startingPosition: true,
  batchSize: true,
  maxBatchingWindow: true,
  parallelizationFactor: true,
  bisectBatchOnError: true,
  retryAttempts: true,
  maxRecordAge: true,
  failureQueue: true,
  alarms: true,
} satisfies PropNames<StreamHandlerProps>;

export const checkStreamHandlerProps = (props: StreamHandlerProps): void => {
  checkProps(props, NAMES, 'streamHandler');
  checkWholeNumber('streamHandler.batchSize', props.batchSize, 1, 10_000);
  checkWholeNumber('streamHandler.parallelizationFactor', props.parallelizationFactor, 1, 10);
  checkWholeNumber('streamHandler.retryAttempts', props.retryAttempts, 0, 10_000);
  checkDuration('streamHandler.maxBatchingWindow', props.maxBatchingWindow, Duration.seconds(0), Duration.minutes(5));
  checkDuration('streamHandler.maxRecordAge', props.maxRecordAge, Duration.minutes(1), Duration.hours(24));
  checkOneOf('streamHandler.startingPosition', props.startingPosition, ['TRIM_HORIZON', 'LATEST']);
  checkBoolean('streamHandler.bisectBatchOnError', props.bisectBatchOnError);
  if (props.failureQueue === null) refuse('streamHandler.failureQueue', 'a queue, or nothing', null);
  if (props.failureQueue?.fifo) {
    throw new InvalidEventTablePropsError(
      'streamHandler.failureQueue',
      'Lambda does not send to a FIFO queue. Give a standard queue, or leave it out.',
    );
  }
};

/** What of an event table takes part. */
export interface StreamedTable {
  readonly secured: SecuredTable;
  readonly tableArn: string;
  readonly streamArn: string;
}

/** Refuses a queue that the alarm does not see: it watches the metrics of the function's region and account. */
export const checkFailureQueue = (queue: sqs.IQueue | undefined, { env }: lambda.IFunction): void => {
  if (queue === undefined) return;
  const { region, account } = queue.env;
  if (!differ(region, env.region) && !differ(account, env.account)) return;
  throw new InvalidEventTablePropsError(
    'streamHandler.failureQueue',
    `the queue is in ${region}, of account ${account}, and the function in ${env.region}, of account ${env.account}. The alarm would not see its messages. Give a queue of the function's region and account, or leave it out.`,
  );
};

/** Refuses functions that Lambda would not let read the stream, or that this app cannot allow to. */
export const checkFunction = ({ secured }: StreamedTable, handler: lambda.IFunction): void => {
  if (handler?.env === undefined) refuse('handler', 'a Lambda function', handler);
  const refuseFunction = (why: string): never => {
    throw new InvalidEventTablePropsError('handler', why);
  };
  const { region, account } = handler.env;
  if (differ(region, secured.region)) {
    refuseFunction(
      `the function is in ${region}, and the table's stream is in ${secured.region}. A replica has a stream of its own: give it to the function by EventTable.fromTableName(…, { streamArn }) in a stack of ${region}.`,
    );
  }
  if (differ(account, secured.account)) {
    refuseFunction(
      `the function is of account ${account}, and the table's stream of ${secured.account}. That needs a policy of the stream, which this construct does not make. Deploy the function in the table's account.`,
    );
  }
  if (handler.role === undefined) {
    refuseFunction(
      'the function was imported without its role, so it cannot be allowed to read the stream. Use Function.fromFunctionAttributes(…, { functionArn, role }).',
    );
  }
};

const USEFUL_SECONDS = 30;

/**
 * Lambda's defaults are 3 s and 128 MB: https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html,
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
export const warnOfLimits = (scope: Construct, handler: lambda.IFunction): void => {
  const resource: Partial<lambda.CfnFunction> = (functionOf(handler) as IConstruct).node.defaultChild ?? {};
  if (resource.cfnResourceType !== 'AWS::Lambda::Function') return;
  const { timeout = 3 } = resource;
  if (!isKnown(timeout) || timeout >= USEFUL_SECONDS) return;
  Annotations.of(scope).addWarningV2(
    '@castore-dynamodb/cdk-construct:streamHandlerTimeout',
    `The function has ${timeout} seconds for a batch, cold start and retries included. Give it a timeout of ${USEFUL_SECONDS} seconds or more, and memory: the CPU grows with memorySize, whose default is 128 MB.`,
  );
};

/** https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
export const warnOfReaders = (scope: Construct, readers: number, hasReplicas: boolean): void => {
  if (readers <= (hasReplicas ? 1 : 2)) return;
  Annotations.of(scope).addWarningV2(
    '@castore-dynamodb/cdk-construct:streamReaders',
    `${readers} functions read this stream, and more than ${hasReplicas ? 'one, of a table with replicas,' : 'two'} may be throttled. One function can run several projections.`,
  );
};
