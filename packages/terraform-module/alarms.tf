locals {
  table_dimensions = { TableName = aws_dynamodb_table.this.name }
  index_dimensions = merge(local.table_dimensions, { GlobalSecondaryIndexName = local.index_name })

  # Metrics and their dimensions: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
  request_alarms = {
    table-throttled = {
      description = "Reads or writes of events are throttled: raise the table's capacity or maximum, or find the aggregate that is read or written too often."
      statistic   = "Sum"
      threshold   = 1
      metrics = {
        reads  = { name = "ReadThrottleEvents", dimensions = local.table_dimensions }
        writes = { name = "WriteThrottleEvents", dimensions = local.table_dimensions }
      }
    }
    index-throttled = {
      description = "Listing aggregates, or the first events of new ones, are throttled on the index ${local.index_name}: raise its capacity or maximum, or list less."
      statistic   = "Sum"
      threshold   = 1
      metrics = {
        reads  = { name = "ReadThrottleEvents", dimensions = local.index_dimensions }
        writes = { name = "WriteThrottleEvents", dimensions = local.index_dimensions }
      }
    }
    system-errors = {
      description = "DynamoDB answers with errors of its own: see the AWS Health Dashboard."
      statistic   = "Sum"
      threshold   = 1
      # The operations that the adapters send; CloudWatch counts the errors of each separately.
      metrics = {
        query    = { name = "SystemErrors", dimensions = merge(local.table_dimensions, { Operation = "Query" }) }
        put      = { name = "SystemErrors", dimensions = merge(local.table_dimensions, { Operation = "PutItem" }) }
        transact = { name = "SystemErrors", dimensions = merge(local.table_dimensions, { Operation = "TransactWriteItems" }) }
      }
    }
  }

  replica_alarms = {
    for replica in var.replicas : "replication-latency-${replica.region_name}" => {
      description = "Events reach the replica in ${replica.region_name} late: a failover to it would lose those under way."
      statistic   = "Average"
      threshold   = 30000
      metrics     = { latency = { name = "ReplicationLatency", dimensions = merge(local.table_dimensions, { ReceivingRegion = replica.region_name }) } }
    }
  }

  alarms = { for name, alarm in merge(local.request_alarms, local.replica_alarms) : name => alarm if var.alarms_enabled }
}

# Five minutes in a row: the SDK retries, so that a single bad minute costs latency only.
resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name        = "${aws_dynamodb_table.this.name}-${each.key}"
  alarm_description = each.value.description

  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = 5
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "total"
    expression  = join(" + ", [for id in keys(each.value.metrics) : "FILL(${id}, 0)"])
    return_data = true
  }

  dynamic "metric_query" {
    for_each = each.value.metrics

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/DynamoDB"
        metric_name = metric_query.value.name
        dimensions  = metric_query.value.dimensions
        stat        = each.value.statistic
        period      = 60
      }
    }
  }

  alarm_actions = var.alarm_actions
  ok_actions    = var.alarm_actions
  tags          = var.tags
}
