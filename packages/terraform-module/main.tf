locals {
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
    for_each = [local.partition_key, local.sort_key, local.index_partition_key, local.index_sort_key]

    content {
      name = attribute.value.name
      type = attribute.value.type
    }
  }

  global_secondary_index {
    name            = local.index_name
    hash_key        = local.index_partition_key.name
    range_key       = local.index_sort_key.name
    projection_type = "KEYS_ONLY"

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
    # Application Auto Scaling owns the capacities. The index's can only be left to it by leaving the whole index alone:
    # it is a member of a set, and Terraform cannot ignore a part of one.
    ignore_changes = [read_capacity, write_capacity, global_secondary_index]

    precondition {
      condition     = length(local.on_demand_maximum) == 0 || !local.provisioned
      error_message = "on_demand_maximum needs billing_mode = \"PAY_PER_REQUEST\"; with \"PROVISIONED\" the maximum is autoscaling's."
    }

    precondition {
      condition     = length(var.replicas) == 0 || !local.provisioned
      error_message = "replicas need billing_mode = \"PAY_PER_REQUEST\"."
    }

    precondition {
      condition     = var.kms_key_arn == null || var.server_side_encryption_enabled
      error_message = "kms_key_arn needs server_side_encryption_enabled = true."
    }

    precondition {
      condition     = alltrue([for replica in var.replicas : (replica.kms_key_arn == null) == (var.kms_key_arn == null)])
      error_message = "Either the table and every replica have a kms_key_arn, each of a key in its own region, or none has."
    }

    precondition {
      condition     = !var.ttl_enabled || var.ttl_attribute_name != null
      error_message = "ttl_enabled needs ttl_attribute_name."
    }

    precondition {
      condition     = length(var.alarm_actions) == 0 || var.alarms_enabled
      error_message = "alarm_actions need alarms_enabled = true."
    }

    postcondition {
      condition     = one(self.global_secondary_index).hash_key == local.index_partition_key.name
      error_message = "The table ${var.name} exists in the other layout. A layout cannot be changed: set the one that the table has, or copy the events into a new table of another name."
    }

    # DynamoDB wants the index's capacity in the same request, which the provider leaves out for an ignored block:
    # https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/dynamodb/table.go
    postcondition {
      condition     = !local.provisioned || one(self.global_secondary_index).write_capacity > 0
      error_message = "The table ${var.name} is on-demand, and Terraform cannot switch it. Do so with this command, then apply again:\n\n  ${local.switch_to_provisioned}\n"
    }
  }
}

locals {
  index_maximum = try(one(one(aws_dynamodb_table.this.global_secondary_index).on_demand_throughput), null)
  index_maximums = [
    { asked = var.on_demand_maximum.read_request_units, deployed = try(local.index_maximum.max_read_request_units, null) },
    { asked = var.on_demand_maximum.write_request_units, deployed = try(local.index_maximum.max_write_request_units, null) },
  ]
}

# A new index gets its maximum from Terraform; that of an existing one is changed beside it.
check "index_maximum" {
  assert {
    condition = alltrue([
      # The provider has three ways to say that there is no maximum: null, 0 and -1.
      for maximum in local.index_maximums : maximum.asked == null ? true : max(maximum.asked, 0) == max(coalesce(maximum.deployed, 0), 0)
    ])
    error_message = "The index of ${var.name} keeps its former on-demand maximum, which Terraform cannot change. Do so with this command:\n\n  ${local.change_index_maximum}\n"
  }
}

resource "aws_dynamodb_contributor_insights" "this" {
  for_each = var.contributor_insights_enabled ? { table = null, index = local.index_name } : {}

  table_name = aws_dynamodb_table.this.name
  index_name = each.value
}
