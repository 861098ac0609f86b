/** What a stream handler comes to, however it was deployed: only what it says to AWS, and no logical names. */
export interface StreamHandlerShape {
  mapping: Record<string, unknown>;
  /** By their metric. */
  alarms: Record<string, Record<string, unknown>>;
  /** What the function's role is allowed, one action on one resource a line, with the condition, if there is one. */
  permissions: string[];
}

/** The queue that is made if none is given. */
export interface FailureQueueShape {
  encryptedBySqs: unknown;
  retentionSeconds: unknown;
}

/** What is deployed both ways. The names are those that the Terraform module gives, or is given. */
export const DEPLOYED = {
  name: 'orders-views',
  functionName: 'orders-views-function',
  tableName: 'orders-events',
  tableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders-events',
  streamArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders-events/stream/2026-11-21T00:00:00.000',
  projectionTableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders-views',
  failureQueueArn: 'arn:aws:sqs:eu-west-1:111122223333:given-up',
  tableKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  queueKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/5678abcd-12ab-34cd-56ef-1234567890ab',
};

/** The settings of each variant, in the words of both. */
export const VARIANTS = {
  defaults: { cdk: {}, terraform: {} },
  'every setting': {
    cdk: {
      startingPosition: 'LATEST',
      batchSize: 500,
      maxBatchingWindowSeconds: 5,
      parallelizationFactor: 4,
      bisectBatchOnError: false,
      retryAttempts: 7,
      maxRecordAgeSeconds: 3600,
      iteratorAgeSeconds: 600,
    },
    terraform: {
      starting_position: 'LATEST',
      batch_size: 500,
      maximum_batching_window_in_seconds: 5,
      parallelization_factor: 4,
      bisect_batch_on_function_error: false,
      maximum_retry_attempts: 7,
      maximum_record_age_in_seconds: 3600,
      iterator_age_alarm_seconds: 600,
    },
  },
} as const;

export type Variant = keyof typeof VARIANTS;

interface Statement {
  Action: string | string[];
  Resource: string | string[];
  Condition?: unknown;
}

/** What policy statements allow, whatever they are grouped by. */
export const permissionLines = (statements: readonly object[]): string[] => {
  const lines = (statements as Statement[]).flatMap(({ Action, Resource, Condition }) =>
    [Action].flat().flatMap(action =>
      [Resource].flat().map(resource => {
        const condition = Condition === undefined ? '' : ` if ${JSON.stringify(Condition)}`;
        return `${action} on ${resource}${condition}`;
      }),
    ),
  );
  return [...new Set(lines)].toSorted();
};
