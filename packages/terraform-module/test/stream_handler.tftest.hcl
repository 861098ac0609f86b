# The module stream-handler: what it makes.

mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }

  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:eu-west-1:111122223333:orders-views-failures"
    }
  }
}

variables {
  name                 = "orders-views"
  stream_arn           = "arn:aws:dynamodb:eu-west-1:111122223333:table/events/stream/2026-01-01T00:00:00.000"
  function_name        = "orders-views-function"
  function_role_name   = "orders-views-role"
  projection_table_arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/views"
}

run "loses_nothing_by_default" {
  module {
    source = "./modules/stream-handler"
  }

  assert {
    condition = alltrue([
      aws_lambda_event_source_mapping.this.event_source_arn == var.stream_arn,
      aws_lambda_event_source_mapping.this.function_name == var.function_name,
      aws_lambda_event_source_mapping.this.starting_position == "TRIM_HORIZON",
      aws_lambda_event_source_mapping.this.batch_size == 100,
      aws_lambda_event_source_mapping.this.parallelization_factor == 1,
      aws_lambda_event_source_mapping.this.maximum_retry_attempts == -1,
      aws_lambda_event_source_mapping.this.maximum_record_age_in_seconds == -1,
      aws_lambda_event_source_mapping.this.bisect_batch_on_function_error,
      toset(aws_lambda_event_source_mapping.this.function_response_types) == toset(["ReportBatchItemFailures"]),
    ])
    error_message = "The event source mapping is not as it should be."
  }

  assert {
    condition     = one(one(aws_lambda_event_source_mapping.this.destination_config).on_failure).destination_arn == aws_sqs_queue.failures[0].arn
    error_message = "What Lambda gives up does not go to the failure queue."
  }

  assert {
    condition     = aws_sqs_queue.failures[0].sqs_managed_sse_enabled && aws_sqs_queue.failures[0].message_retention_seconds == 1209600
    error_message = "The failure queue is not encrypted, or forgets within 14 days."
  }

  assert {
    condition = jsondecode(aws_sqs_queue_policy.failures[0].policy).Statement == [{
      Effect    = "Deny"
      Principal = { AWS = "*" }
      Action    = "sqs:*"
      Resource  = "arn:aws:sqs:eu-west-1:111122223333:orders-views-failures"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
    error_message = "The failure queue takes connections that are not encrypted, or refuses others."
  }

  assert {
    condition = alltrue([
      aws_cloudwatch_metric_alarm.this["iterator-age"].metric_name == "IteratorAge",
      aws_cloudwatch_metric_alarm.this["iterator-age"].dimensions == tomap({ FunctionName = "orders-views-function" }),
      aws_cloudwatch_metric_alarm.this["iterator-age"].threshold == 3600000,
      aws_cloudwatch_metric_alarm.this["failures"].metric_name == "ApproximateNumberOfMessagesVisible",
      aws_cloudwatch_metric_alarm.this["failures"].dimensions == tomap({ QueueName = "orders-views-failures" }),
      aws_cloudwatch_metric_alarm.this["failures"].threshold == 1,
      aws_cloudwatch_metric_alarm.this["parked-aggregates"].namespace == "CastoreDynamoDb",
      aws_cloudwatch_metric_alarm.this["parked-aggregates"].metric_name == "ParkedAggregates",
      aws_cloudwatch_metric_alarm.this["parked-aggregates"].dimensions == tomap({ FunctionName = "orders-views-function" }),
      aws_cloudwatch_metric_alarm.this["parked-aggregates"].statistic == "Sum",
      aws_cloudwatch_metric_alarm.this["parked-aggregates"].comparison_operator == "GreaterThanOrEqualToThreshold",
      aws_cloudwatch_metric_alarm.this["parked-aggregates"].threshold == 1,
      aws_cloudwatch_metric_alarm.this["parked-aggregates"].treat_missing_data == "notBreaching",
    ])
    error_message = "The alarms are not as they should be."
  }

  assert {
    condition     = aws_iam_role_policy.this.role == "orders-views-role" && aws_iam_role_policy.this.policy == output.policy_json
    error_message = "The function's role does not have the policy."
  }

  assert {
    condition = jsondecode(output.policy_json).Statement == [
      {
        Effect   = "Allow"
        Action   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"]
        Resource = "arn:aws:dynamodb:eu-west-1:111122223333:table/events/stream/2026-01-01T00:00:00.000"
      },
      {
        Effect   = "Allow"
        Action   = ["dynamodb:Query"]
        Resource = "arn:aws:dynamodb:eu-west-1:111122223333:table/events"
      },
      {
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = "arn:aws:sqs:eu-west-1:111122223333:orders-views-failures"
      },
      {
        Effect   = "Allow"
        Action   = ["dynamodb:BatchGetItem", "dynamodb:DeleteItem", "dynamodb:PutItem"]
        Resource = "arn:aws:dynamodb:eu-west-1:111122223333:table/views"
      },
    ]
    error_message = "The function may do more, or less, than it has to."
  }
}

run "without_a_projection_table" {
  module {
    source = "./modules/stream-handler"
  }

  variables {
    projection_table_arn = null
  }

  assert {
    condition     = !strcontains(output.policy_json, "dynamodb:PutItem")
    error_message = "A function without a projection table may write items."
  }
}

run "with_customer_managed_keys" {
  module {
    source = "./modules/stream-handler"
  }

  variables {
    kms_key_arns = ["arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]
  }

  assert {
    condition = reverse(jsondecode(output.policy_json).Statement)[0] == {
      Effect    = "Allow"
      Action    = ["kms:Decrypt"]
      Resource  = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
      Condition = { StringLike = { "kms:ViaService" = "dynamodb.eu-west-1.amazonaws.com*" } }
    }
    error_message = "The key may be used in other ways than through DynamoDB."
  }
}

run "with_a_given_queue" {
  module {
    source = "./modules/stream-handler"
  }

  variables {
    failure_queue = {
      arn         = "arn:aws:sqs:eu-west-1:111122223333:given-up"
      kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }
  }

  assert {
    condition = alltrue([
      length(aws_sqs_queue.failures) == 0 && length(aws_sqs_queue_policy.failures) == 0,
      one(one(aws_lambda_event_source_mapping.this.destination_config).on_failure).destination_arn == var.failure_queue.arn,
      aws_cloudwatch_metric_alarm.this["failures"].dimensions == tomap({ QueueName = "given-up" }),
      output.failure_queue_arn == var.failure_queue.arn,
    ])
    error_message = "The given queue is not used, or another one is made."
  }

  assert {
    condition = reverse(jsondecode(output.policy_json).Statement)[0] == {
      Effect    = "Allow"
      Action    = ["kms:GenerateDataKey", "kms:Decrypt"]
      Resource  = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
      Condition = { StringLike = { "kms:ViaService" = "sqs.eu-west-1.amazonaws.com*" } }
    }
    error_message = "The queue's key may be used in other ways than through SQS."
  }
}

run "every_option" {
  module {
    source = "./modules/stream-handler"
  }

  variables {
    starting_position                  = "LATEST"
    batch_size                         = 10000
    maximum_batching_window_in_seconds = 5
    parallelization_factor             = 10
    bisect_batch_on_function_error     = false
    maximum_retry_attempts             = 3
    maximum_record_age_in_seconds      = 3600
    iterator_age_alarm_seconds         = 600
    alarm_actions                      = ["arn:aws:sns:eu-west-1:111122223333:alarms"]
    tags                               = { team = "orders" }
  }

  assert {
    condition = alltrue([
      aws_lambda_event_source_mapping.this.starting_position == "LATEST",
      aws_lambda_event_source_mapping.this.batch_size == 10000,
      aws_lambda_event_source_mapping.this.maximum_batching_window_in_seconds == 5,
      aws_lambda_event_source_mapping.this.parallelization_factor == 10,
      aws_lambda_event_source_mapping.this.bisect_batch_on_function_error == false,
      aws_lambda_event_source_mapping.this.maximum_retry_attempts == 3,
      aws_lambda_event_source_mapping.this.maximum_record_age_in_seconds == 3600,
      aws_cloudwatch_metric_alarm.this["iterator-age"].threshold == 600000,
      aws_sqs_queue.failures[0].tags == tomap({ team = "orders" }),
    ])
    error_message = "An option does nothing."
  }

  assert {
    condition = alltrue([
      for alarm in values(aws_cloudwatch_metric_alarm.this) :
      alarm.alarm_actions == toset(var.alarm_actions) && alarm.ok_actions == toset(var.alarm_actions)
    ])
    error_message = "Somebody is not notified."
  }
}
