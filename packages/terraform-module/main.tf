data "aws_region" "current" {}

locals {
  # In every version of the provider; `name` is deprecated in 6.x, and `region` does not exist in 5.x.
  region = data.aws_region.current.id

  # The names that the adapters use. They are part of the data: changing one makes another table.
  partition_key       = { name = "aggregateId", type = "S" }
  sort_key            = { name = "version", type = "N" }
  index_name          = "initialEvents"
  index_sort_key      = { name = "timestamp", type = "S" }
  index_partition_key = var.layout == "single-table" ? { name = "eventStoreId", type = "S" } : { name = "isInitialEvent", type = "N" }

  provisioned    = var.billing_mode == "PROVISIONED"
  stream_enabled = var.stream_enabled || length(var.replicas) > 0

  on_demand_maximum = anytrue([for units in values(var.on_demand_maximum) : units != null]) ? [var.on_demand_maximum] : []
}

resource "aws_dynamodb_table" "this" {
  name         = var.name
  billing_mode = var.billing_mode
  table_class  = var.table_class

  hash_key  = local.partition_key.name
  range_key = local.sort_key.name

  read_capacity  = local.provisioned ? local.autoscaling.table_read.min : null
  write_capacity = local.provisioned ? local.autoscaling.table_write.min : null

  deletion_protection_enabled = var.deletion_protection_enabled

  stream_enabled = local.stream_enabled
  # DynamoDB replicates by a stream of both images.
  stream_view_type = !local.stream_enabled ? null : length(var.replicas) > 0 ? "NEW_AND_OLD_IMAGES" : "NEW_IMAGE"

  dynamic "attribute" {
    for_each = local.attributes

    content {
      name = attribute.key
      type = attribute.value
    }
  }

  dynamic "global_secondary_index" {
    for_each = local.indexes

    content {
      name               = global_secondary_index.key
      hash_key           = global_secondary_index.value.hash_key.name
      range_key          = one(global_secondary_index.value.range_key[*].name)
      projection_type    = global_secondary_index.value.projection_type
      non_key_attributes = global_secondary_index.value.non_key_attributes

      read_capacity  = local.provisioned ? local.autoscaling.index_read.min : null
      write_capacity = local.provisioned ? local.autoscaling.index_write.min : null

      dynamic "on_demand_throughput" {
        for_each = local.on_demand_maximum

        content {
          max_read_request_units  = on_demand_throughput.value.read_request_units
          max_write_request_units = on_demand_throughput.value.write_request_units
        }
      }
    }
  }

  dynamic "on_demand_throughput" {
    for_each = local.on_demand_maximum

    content {
      max_read_request_units  = on_demand_throughput.value.read_request_units
      max_write_request_units = on_demand_throughput.value.write_request_units
    }
  }

  point_in_time_recovery {
    enabled = var.point_in_time_recovery_enabled
  }

  server_side_encryption {
    enabled     = var.server_side_encryption_enabled
    kms_key_arn = var.kms_key_arn
  }

  ttl {
    enabled        = var.ttl_enabled
    attribute_name = var.ttl_attribute_name
  }

  dynamic "replica" {
    for_each = var.replicas

    content {
      region_name            = replica.value.region_name
      kms_key_arn            = replica.value.kms_key_arn
      point_in_time_recovery = var.point_in_time_recovery_enabled
      propagate_tags         = true
    }
  }

  tags = var.tags

  lifecycle {
    # Application Auto Scaling owns the capacities. The indexes' can only be left to it by leaving the indexes alone: they
    # are members of a set, and Terraform cannot ignore a part of one. That also leaves other people's indexes alone, if
    # the attributes follow the deployed indexes too: the provider refuses an index without its attributes, and attributes
    # without their index.
    # Other keys would replace the table, with all its events. The postconditions refuse them by name.
    ignore_changes = [
      read_capacity, write_capacity, attribute, global_secondary_index, local_secondary_index, hash_key, range_key,
    ]

    precondition {
      condition     = length(local.on_demand_maximum) == 0 || !local.provisioned
      error_message = "on_demand_maximum needs billing_mode = \"PAY_PER_REQUEST\"; with \"PROVISIONED\" the maximum is autoscaling's."
    }

    precondition {
      condition     = length(var.replicas) == 0 || !local.provisioned
      error_message = "replicas need billing_mode = \"PAY_PER_REQUEST\"."
    }

    precondition {
      condition     = !contains(var.replicas[*].region_name, local.region)
      error_message = "The table itself is in ${local.region}: replicas lists the other regions only."
    }

    precondition {
      condition     = var.kms_key_arn == null || var.server_side_encryption_enabled
      error_message = "kms_key_arn needs server_side_encryption_enabled = true."
    }

    precondition {
      condition     = var.kms_key_arn == null ? true : split(":", var.kms_key_arn)[3] == local.region
      error_message = "kms_key_arn is a key of another region than the table, which is in ${local.region}: ${coalesce(var.kms_key_arn, "none")}."
    }

    precondition {
      condition     = alltrue([for replica in var.replicas : (replica.kms_key_arn == null) == (var.kms_key_arn == null)])
      error_message = "Either the table and every replica have a kms_key_arn, each of a key in its own region, or none has."
    }

    precondition {
      condition     = !var.ttl_enabled || var.ttl_attribute_name != null
      error_message = "ttl_enabled needs ttl_attribute_name."
    }

    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    precondition {
      condition = !var.alarms_enabled || alltrue([
        for alarm in concat(["index-throttled"], [for replica in var.replicas : "replication-latency-${replica.region_name}"]) :
        length("${var.name}-${alarm}") <= 255
      ])
      error_message = "The alarms' names begin with the table's, and have 255 characters at most: give the table a shorter name than ${var.name}, or set alarms_enabled = false."
    }

    # https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
    precondition {
      condition = !local.provisioned || alltrue([
        for index in keys(local.indexes) : length("DynamoDBWriteCapacityUtilization:table/${var.name}/index/${index}") <= 255
      ])
      error_message = "The names of the scaling policies hold those of the table and of an index, and have 255 characters at most: give shorter names than ${var.name} and ${join(", ", keys(local.indexes))}, or billing_mode = \"PAY_PER_REQUEST\"."
    }

    precondition {
      condition     = length(var.alarm_actions) == 0 || var.alarms_enabled
      error_message = "alarm_actions need alarms_enabled = true."
    }

    postcondition {
      condition = self.hash_key == local.partition_key.name && self.range_key == local.sort_key.name && alltrue([
        for attribute in self.attribute : attribute.type == lookup(local.key_types, attribute.name, attribute.type)
      ])
      error_message = "The table ${var.name} exists with other keys, so it is no event table. Keys cannot be changed: choose another name, or leave this table out of the module's state."
    }

    postcondition {
      # Without a name on DynamoDB Local: see indexes.tf.
      condition = alltrue([
        for index in self.global_secondary_index : index.hash_key == local.index_partition_key.name
        if index.name == local.index_name || try(length(index.name), 0) == 0 && contains(local.own_index_keys, join(" ", compact([index.hash_key, index.range_key])))
      ])
      error_message = "The table ${var.name} exists in the other layout, and layout = \"${var.layout}\" was asked for. A layout cannot be changed: set the one that the table has, or copy the events into a new table of another name."
    }

    # DynamoDB wants the indexes' capacities in the same request, which the provider leaves out for an ignored block:
    # https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/dynamodb/table.go
    postcondition {
      condition     = !local.provisioned || alltrue([for index in self.global_secondary_index : index.write_capacity > 0])
      error_message = "The table ${var.name} is on-demand, and Terraform cannot switch it. Do so with this command, then apply again:\n\n  ${local.switch_to_provisioned} '${jsonencode([for index in self.global_secondary_index : { Update = { IndexName = try(length(index.name), 0) == 0 ? local.index_name : index.name, ProvisionedThroughput = local.index_throughput } }])}'\n"
    }
  }
}

resource "aws_dynamodb_contributor_insights" "this" {
  for_each = var.contributor_insights_enabled ? { table = null, index = local.index_name } : {}

  table_name = aws_dynamodb_table.this.name
  index_name = each.value
}
