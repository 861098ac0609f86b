import { notify } from '@castore-dynamodb/commons';

import type { ParkedAggregate } from './parked.js';

/** Gets each aggregate that is parked, after that was written. What it throws becomes a warning of the process. */
export type OnParked = (parked: ParkedAggregate & { readonly projection: string }) => void;

export interface ParkedReporting {
  readonly onParked?: OnParked | undefined;
  /** Whether the line in Lambda's log has the error's message, which may quote the event. */
  readonly logErrorMessages?: boolean | undefined;
}

/** Reports a parked aggregate: to a callback and, in a Lambda function, as a line of its log that is a metric too. */
export const reportParked = (
  projection: string,
  parked: ParkedAggregate,
  { onParked, logErrorMessages = false }: ParkedReporting,
): void => {
  const functionName = process.env['AWS_LAMBDA_FUNCTION_NAME'];
  if (functionName !== undefined && functionName !== '') {
    process.stdout.write(`${metricLine(projection, parked, functionName, logErrorMessages)}\n`);
  }
  notify('onParked', onParked, { ...parked, projection });
};

/**
 * A line in CloudWatch's embedded metric format, which costs no request and no permission.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
const metricLine = (
  projection: string,
  { eventStoreId, aggregateId, version, error, attempts }: ParkedAggregate,
  functionName: string,
  withMessage: boolean,
): string =>
  JSON.stringify({
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        {
          Namespace: 'CastoreDynamoDb',
          Dimensions: [['Projection'], ['FunctionName']],
          Metrics: [{ Name: 'ParkedAggregates', Unit: 'Count' }],
        },
      ],
    },
    ParkedAggregates: 1,
    Projection: toDimension(projection),
    FunctionName: functionName,
    eventStoreId,
    aggregateId,
    version,
    errorName: error.name,
    ...(withMessage && { errorMessage: error.message }),
    attempts,
  });

/**
 * A dimension's value has ASCII characters only, and one that is no white space.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html
 */
const toDimension = (name: string): string =>
  /^[\x20-\x7e]*$/.test(name) && name.trim() !== '' ? name : encodeURIComponent(name.toWellFormed());
