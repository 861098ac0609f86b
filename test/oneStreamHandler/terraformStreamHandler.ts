import { resolve } from 'node:path';

import {
  DEPLOYED,
  type FailureQueueShape,
  permissionLines,
  type StreamHandlerShape,
  VARIANTS,
  type Variant,
} from './streamHandlerShape.js';

const SOURCE = resolve(__dirname, '..', '..', 'packages', 'terraform-module', 'modules', 'stream-handler');

const moduleOf = (label: string, args: Record<string, unknown>): string =>
  [
    `module "${label}" {`,
    `  source = ${JSON.stringify(SOURCE)}`,
    ...Object.entries(args).map(([name, value]) => `  ${name} = ${JSON.stringify(value)}`),
    '}',
    '',
  ].join('\n');

const COMMON = {
  stream_arn: DEPLOYED.streamArn,
  function_name: DEPLOYED.functionName,
  function_role_name: 'orders-views',
};

const labelOf = (variant: Variant): string => variant.replaceAll(' ', '-');

/** What is created in the same apply, so that no ARN is known when it is planned. */
const ALL_NEW = `
resource "aws_sqs_queue" "new" {
  name = "given-up"
}

resource "aws_kms_key" "new" {}

resource "aws_dynamodb_table" "new" {
  name             = "events"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "aggregateId"
  stream_enabled   = true
  stream_view_type = "NEW_IMAGE"

  attribute {
    name = "aggregateId"
    type = "S"
  }
}

module "all-new" {
  source               = ${JSON.stringify(SOURCE)}
  name                 = "all-new"
  stream_arn           = aws_dynamodb_table.new.stream_arn
  function_name        = "orders-views"
  function_role_name   = "orders-views"
  projection_table_arn = aws_dynamodb_table.new.arn
  kms_key_arns         = [aws_kms_key.new.arn]
  failure_queue        = { arn = aws_sqs_queue.new.arn, kms_key_arn = aws_kms_key.new.arn }
}
`;

/** Every variant with a queue and with keys that are given, one that makes its queue, and one of what is new. */
export const configuration = (): string =>
  [
    `provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}
`,
    ...(Object.keys(VARIANTS) as Variant[]).map(variant =>
      moduleOf(labelOf(variant), {
        ...COMMON,
        name: `${DEPLOYED.name}-${labelOf(variant)}`,
        projection_table_arn: DEPLOYED.projectionTableArn,
        kms_key_arns: [DEPLOYED.tableKeyArn],
        failure_queue: { arn: DEPLOYED.failureQueueArn, kms_key_arn: DEPLOYED.queueKeyArn },
        ...VARIANTS[variant].terraform,
      }),
    ),
    moduleOf('own-queue', { ...COMMON, name: DEPLOYED.name }),
    ALL_NEW,
  ].join('\n');

interface PlannedResource {
  type: string;
  values: Record<string, any>;
}

/** The parts of `terraform show -json` for a plan. */
export interface Plan {
  planned_values: {
    root_module: { child_modules: { address: string; resources: PlannedResource[] }[] };
  };
}

const resourcesIn = (plan: Plan, label: string, type: string): Record<string, any>[] => {
  const modules = plan.planned_values.root_module.child_modules.filter(({ address }) => address === `module.${label}`);
  const resources = modules.flatMap(module => module.resources.filter(resource => resource.type === type));
  if (resources.length === 0) throw new Error(`The plan has no ${type} in module.${label}.`);
  return resources.map(({ values }) => values);
};

/** -1 and 0 are the provider's ways to leave a setting to Lambda, as an absent property is CloudFormation's. */
const given = (name: string, value: unknown, absent: number) => (value === absent ? {} : { [name]: value });

/** A variant in CloudFormation's words. */
export const terraformStreamHandler = (plan: Plan, variant: Variant): StreamHandlerShape => {
  const only = (type: string) => resourcesIn(plan, labelOf(variant), type)[0] ?? {};
  const mapping = only('aws_lambda_event_source_mapping');
  const alarms = resourcesIn(plan, labelOf(variant), 'aws_cloudwatch_metric_alarm');

  return {
    mapping: {
      EventSourceArn: mapping['event_source_arn'],
      FunctionName: mapping['function_name'],
      StartingPosition: mapping['starting_position'],
      BatchSize: mapping['batch_size'],
      ParallelizationFactor: mapping['parallelization_factor'],
      BisectBatchOnFunctionError: mapping['bisect_batch_on_function_error'],
      FunctionResponseTypes: mapping['function_response_types'],
      DestinationConfig: {
        OnFailure: { Destination: mapping['destination_config'][0].on_failure[0].destination_arn },
      },
      ...given('MaximumBatchingWindowInSeconds', mapping['maximum_batching_window_in_seconds'], 0),
      ...given('MaximumRetryAttempts', mapping['maximum_retry_attempts'], -1),
      ...given('MaximumRecordAgeInSeconds', mapping['maximum_record_age_in_seconds'], -1),
    },
    alarms: Object.fromEntries(
      alarms.map(alarm => [
        alarm['metric_name'],
        {
          Namespace: alarm['namespace'],
          MetricName: alarm['metric_name'],
          Dimensions: Object.entries(alarm['dimensions']).map(([Name, Value]) => ({ Name, Value })),
          Statistic: alarm['statistic'],
          Period: alarm['period'],
          EvaluationPeriods: alarm['evaluation_periods'],
          Threshold: alarm['threshold'],
          ComparisonOperator: alarm['comparison_operator'],
          TreatMissingData: alarm['treat_missing_data'],
        },
      ]),
    ),
    permissions: permissionLines(JSON.parse(only('aws_iam_role_policy')['policy']).Statement),
  };
};

/** The types of what the module makes beside a queue that is created with it. */
export const terraformBesideNewQueue = (plan: Plan): string[] =>
  plan.planned_values.root_module.child_modules
    .filter(({ address }) => address === 'module.all-new')
    .flatMap(({ resources }) => resources.map(({ type }) => type));

/** The queue that the module makes. */
export const terraformFailureQueue = (plan: Plan): FailureQueueShape => {
  const [queue = {}] = resourcesIn(plan, 'own-queue', 'aws_sqs_queue');
  return { encryptedBySqs: queue['sqs_managed_sse_enabled'], retentionSeconds: queue['message_retention_seconds'] };
};
