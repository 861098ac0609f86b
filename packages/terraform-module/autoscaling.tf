locals {
  # An index that is short of capacity throttles the table's writes too: it gets what the table gets.
  autoscaling = merge(var.autoscaling, {
    index_read  = coalesce(var.autoscaling.index_read, var.autoscaling.table_read)
    index_write = coalesce(var.autoscaling.index_write, var.autoscaling.table_write)
  })

  table_resource = "table/${aws_dynamodb_table.this.name}"
  index_resource = "${local.table_resource}/index/${local.index_name}"

  scaled_capacities = !local.provisioned ? {} : merge({
    table_read  = { resource = local.table_resource, dimension = "dynamodb:table:ReadCapacityUnits", metric = "DynamoDBReadCapacityUtilization" }
    table_write = { resource = local.table_resource, dimension = "dynamodb:table:WriteCapacityUnits", metric = "DynamoDBWriteCapacityUtilization" }
    index_read  = { resource = local.index_resource, dimension = "dynamodb:index:ReadCapacityUnits", metric = "DynamoDBReadCapacityUtilization" }
    index_write = { resource = local.index_resource, dimension = "dynamodb:index:WriteCapacityUnits", metric = "DynamoDBWriteCapacityUtilization" }
    },
    [
      for index in var.additional_indexes : {
        "index_read:${index.name}"  = { resource = "${local.table_resource}/index/${index.name}", dimension = "dynamodb:index:ReadCapacityUnits", metric = "DynamoDBReadCapacityUtilization" }
        "index_write:${index.name}" = { resource = "${local.table_resource}/index/${index.name}", dimension = "dynamodb:index:WriteCapacityUnits", metric = "DynamoDBWriteCapacityUtilization" }
      }
    ]...
  )

  # By capacity: an additional index scales as the module's own does.
  scaled_ranges = { for capacity in keys(local.scaled_capacities) : capacity => local.autoscaling[split(":", capacity)[0]] }
}

resource "aws_appautoscaling_target" "this" {
  for_each = local.scaled_capacities

  service_namespace  = "dynamodb"
  resource_id        = each.value.resource
  scalable_dimension = each.value.dimension
  min_capacity       = local.scaled_ranges[each.key].min
  max_capacity       = local.scaled_ranges[each.key].max
  tags               = var.tags
}

resource "aws_appautoscaling_policy" "this" {
  for_each = local.scaled_capacities

  name               = "${each.value.metric}:${each.value.resource}"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this[each.key].service_namespace
  resource_id        = aws_appautoscaling_target.this[each.key].resource_id
  scalable_dimension = aws_appautoscaling_target.this[each.key].scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value = local.scaled_ranges[each.key].target

    predefined_metric_specification {
      predefined_metric_type = each.value.metric
    }
  }
}
