# The function's: it is given by its name, so it is in the provider's region and account.
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals {
  # arn:aws:dynamodb:<region>:<account>:table/<name>/stream/<label>
  event_table_arn = split("/stream/", var.stream_arn)[0]
  region          = split(":", var.stream_arn)[3]
  account         = split(":", var.stream_arn)[4]

  # `streamHandler` and `dynamoDbProjection` of `eventTableOperations` (packages/table), and the queue:
  # https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
  # https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
  statements = concat(
    [
      {
        Effect   = "Allow"
        Action   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"]
        Resource = var.stream_arn
      },
      # Events that the stream did not bring, or brought in another order, are read from the table.
      {
        Effect   = "Allow"
        Action   = ["dynamodb:Query"]
        Resource = local.event_table_arn
      },
      {
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = local.failure_queue_arn
      },
    ],
    [
      # A Put or a Delete in a transaction is governed by the permission for PutItem or DeleteItem:
      # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
      for arn in var.projection_table_arn == null ? [] : [var.projection_table_arn] : {
        Effect   = "Allow"
        Action   = ["dynamodb:BatchGetItem", "dynamodb:DeleteItem", "dynamodb:PutItem"]
        Resource = arn
      }
    ],
  )

  # Each key through its service only; the last * stands for China's `.cn`.
  key_statements = concat(
    [
      # A stream is encrypted as its table is.
      for arn in var.kms_key_arns : {
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = arn
        Condition = { StringLike = { "kms:ViaService" = "dynamodb.${local.region}.amazonaws.com*" } }
      }
    ],
    [
      # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
      for arn in try(var.failure_queue.kms_key_arn, null) == null ? [] : [var.failure_queue.kms_key_arn] : {
        Effect    = "Allow"
        Action    = ["kms:GenerateDataKey", "kms:Decrypt"]
        Resource  = arn
        Condition = { StringLike = { "kms:ViaService" = "sqs.${local.region}.amazonaws.com*" } }
      }
    ],
  )

  failure_queue_arn  = one(concat(aws_sqs_queue.failures[*].arn, var.failure_queue[*].arn))
  failure_queue_name = var.failure_queue == null ? "${var.name}-failures" : reverse(split(":", var.failure_queue.arn))[0]

  policy = jsonencode({ Version = "2012-10-17", Statement = concat(local.statements, local.key_statements) })
}

# What Lambda gave up: where the records are in the stream, not the records themselves.
resource "aws_sqs_queue" "failures" {
  count = var.failure_queue == null ? 1 : 0

  name                      = "${var.name}-failures"
  message_retention_seconds = 14 * 24 * 3600
  sqs_managed_sse_enabled   = true
  tags                      = var.tags
}

resource "aws_sqs_queue_policy" "failures" {
  count = length(aws_sqs_queue.failures)

  queue_url = aws_sqs_queue.failures[count.index].url

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Principal = { AWS = "*" }
      Action    = "sqs:*"
      Resource  = aws_sqs_queue.failures[count.index].arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name   = var.name
  role   = var.function_role_name
  policy = local.policy
}

resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn = var.stream_arn
  function_name    = var.function_name

  starting_position                  = var.starting_position
  batch_size                         = var.batch_size
  maximum_batching_window_in_seconds = var.maximum_batching_window_in_seconds
  parallelization_factor             = var.parallelization_factor
  maximum_retry_attempts             = var.maximum_retry_attempts
  maximum_record_age_in_seconds      = var.maximum_record_age_in_seconds

  # Without it, Lambda takes for done what the handler reports as not done.
  function_response_types = ["ReportBatchItemFailures"]

  # A batch that ends the process, or takes longer than there is time, is tried in halves.
  bisect_batch_on_function_error = var.bisect_batch_on_function_error

  destination_config {
    on_failure {
      destination_arn = local.failure_queue_arn
    }
  }

  # Lambda refuses a mapping that the role cannot read by.
  depends_on = [aws_iam_role_policy.this]

  lifecycle {
    precondition {
      condition     = local.region == data.aws_region.current.id
      error_message = "The stream is in ${local.region}, and the function ${var.function_name} in ${data.aws_region.current.id}. A function reads a stream of its own region: give the module the stream of the replica in ${data.aws_region.current.id}, or the provider of ${local.region}."
    }

    precondition {
      condition     = local.account == data.aws_caller_identity.current.account_id
      error_message = "The stream is in the account ${local.account}, and the function ${var.function_name} in ${data.aws_caller_identity.current.account_id}. That takes policies of the stream and of the table, which this module does not make: deploy the function in the event table's account."
    }

    precondition {
      condition     = alltrue([for arn in var.kms_key_arns : split(":", arn)[3] == local.region])
      error_message = "kms_key_arns has a key of another region than the tables, which are in ${local.region}: ${join(", ", var.kms_key_arns)}."
    }

    # The alarm for what is in the queue watches the metrics of this region and account.
    precondition {
      condition     = var.failure_queue == null ? true : slice(split(":", var.failure_queue.arn), 3, 5) == tolist([data.aws_region.current.id, data.aws_caller_identity.current.account_id])
      error_message = "failure_queue is ${try(var.failure_queue.arn, "none")}, and the function is in ${data.aws_region.current.id}, of the account ${data.aws_caller_identity.current.account_id}. The alarm would not see its messages: give a queue of that region and account, or none."
    }

    precondition {
      condition     = try(split(":", var.failure_queue.kms_key_arn)[3] == split(":", var.failure_queue.arn)[3], true)
      error_message = "failure_queue.kms_key_arn is a key of another region than the queue."
    }
  }
}
