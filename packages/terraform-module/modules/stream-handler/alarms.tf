locals {
  alarms = {
    # CloudWatch counts it when the function is done with a batch: https://docs.aws.amazon.com/lambda/latest/dg/events-dynamodb-metrics.html;
    # it rises while batches fail and are retried: https://repost.aws/knowledge-center/dynamodb-lambda-iteratorage
    iterator-age = {
      description = "Events wait long until ${var.function_name} has handled them. After 24 hours the stream forgets them: see the function's errors, its throttles and its duration."
      statistic   = "Maximum"
      namespace   = "AWS/Lambda"
      metric_name = "IteratorAge"
      dimensions  = { FunctionName = var.function_name }
      threshold   = var.iterator_age_alarm_seconds * 1000
    }
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    failures = {
      description = "Lambda gave up on records of the event table's stream: replay their events. The messages in ${local.failure_queue_name} say where in the stream they were."
      statistic   = "Maximum"
      namespace   = "AWS/SQS"
      metric_name = "ApproximateNumberOfMessagesVisible"
      dimensions  = { QueueName = local.failure_queue_name }
      threshold   = 1
    }
    # `createStreamHandler` prints it for each aggregate that it parks, as an embedded metric, which needs no permission:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    parked-aggregates = {
      description = "${var.function_name} parked aggregates: their later events wait, and their views stand still. See the error in the function's log, mend the cause, then call listParked and retryParked."
      statistic   = "Sum"
      namespace   = "CastoreDynamoDb"
      metric_name = "ParkedAggregates"
      dimensions  = { FunctionName = var.function_name }
      threshold   = 1
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name        = "${var.name}-${each.key}"
  alarm_description = each.value.description

  namespace   = each.value.namespace
  metric_name = each.value.metric_name
  dimensions  = each.value.dimensions
  statistic   = each.value.statistic
  period      = 300

  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.threshold
  # Once is enough: while Lambda waits between retries, not every period has a data point.
  evaluation_periods = 1
  treat_missing_data = "notBreaching"

  alarm_actions = var.alarm_actions
  ok_actions    = var.alarm_actions
  tags          = var.tags
}
