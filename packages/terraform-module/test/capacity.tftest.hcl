# Capacity, indexes and table class, planned with the real provider, which checks its arguments against one another.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name = "events"
}

run "on_demand_maximum" {
  command = plan

  variables {
    on_demand_maximum = { read_request_units = 400, write_request_units = 100 }
  }

  assert {
    condition = alltrue([
      for maximum in [one(aws_dynamodb_table.this.on_demand_throughput), one(one(aws_dynamodb_table.this.global_secondary_index).on_demand_throughput)] :
      maximum.max_read_request_units == 400 && maximum.max_write_request_units == 100
    ])
    error_message = "Table and index do not have the maximum."
  }
}

run "provisioned" {
  command = plan

  variables {
    billing_mode = "PROVISIONED"
  }

  assert {
    condition     = aws_dynamodb_table.this.billing_mode == "PROVISIONED" && aws_dynamodb_table.this.read_capacity == 1 && aws_dynamodb_table.this.write_capacity == 1
    error_message = "The table does not begin with the smallest capacity."
  }

  assert {
    condition     = one(aws_dynamodb_table.this.global_secondary_index).read_capacity == 1 && one(aws_dynamodb_table.this.global_secondary_index).write_capacity == 1
    error_message = "The index does not begin with the smallest capacity."
  }

  assert {
    condition = { for capacity, target in aws_appautoscaling_target.this : capacity => "${target.resource_id} ${target.scalable_dimension} ${target.min_capacity}-${target.max_capacity}" } == {
      table_read  = "table/events dynamodb:table:ReadCapacityUnits 1-100"
      table_write = "table/events dynamodb:table:WriteCapacityUnits 1-100"
      index_read  = "table/events/index/initialEvents dynamodb:index:ReadCapacityUnits 1-100"
      index_write = "table/events/index/initialEvents dynamodb:index:WriteCapacityUnits 1-100"
    }
    error_message = "Table and index do not both scale, reads and writes."
  }

  assert {
    condition = { for capacity, policy in aws_appautoscaling_policy.this : capacity => "${policy.target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].predefined_metric_type} ${policy.target_tracking_scaling_policy_configuration[0].target_value}" } == {
      table_read  = "DynamoDBReadCapacityUtilization 70"
      table_write = "DynamoDBWriteCapacityUtilization 70"
      index_read  = "DynamoDBReadCapacityUtilization 70"
      index_write = "DynamoDBWriteCapacityUtilization 70"
    }
    error_message = "The policies do not follow the utilisation of what they scale."
  }
}

run "autoscaling" {
  command = plan

  variables {
    billing_mode = "PROVISIONED"
    autoscaling = {
      table_read  = { min = 5 }
      table_write = { min = 6, max = 60, target = 50 }
      index_read  = { min = 7, max = 7 }
    }
  }

  assert {
    condition     = aws_dynamodb_table.this.read_capacity == 5 && aws_dynamodb_table.this.write_capacity == 6
    error_message = "The table does not begin with its smallest capacity."
  }

  assert {
    condition     = one(aws_dynamodb_table.this.global_secondary_index).read_capacity == 7 && one(aws_dynamodb_table.this.global_secondary_index).write_capacity == 6
    error_message = "The index does not begin with its smallest capacity, or with the table's if it has none of its own."
  }

  assert {
    condition = { for capacity, target in aws_appautoscaling_target.this : capacity => "${target.min_capacity}-${target.max_capacity}" } == {
      table_read  = "5-100"
      table_write = "6-60"
      index_read  = "7-7"
      index_write = "6-60"
    }
    error_message = "The ranges are not those that were asked for."
  }

  assert {
    condition     = aws_appautoscaling_policy.this["table_write"].target_tracking_scaling_policy_configuration[0].target_value == 50
    error_message = "The target is not the one that was asked for."
  }
}

run "table_class" {
  command = plan

  variables {
    table_class = "STANDARD_INFREQUENT_ACCESS"
  }

  assert {
    condition     = aws_dynamodb_table.this.table_class == "STANDARD_INFREQUENT_ACCESS"
    error_message = "The table has another class."
  }
}

run "additional_indexes" {
  command = plan

  variables {
    billing_mode = "PROVISIONED"
    autoscaling  = { index_write = { min = 3 } }
    additional_indexes = [
      { name = "byType", hash_key = { name = "type", type = "S" }, range_key = { name = "timestamp", type = "S" }, projection_type = "KEYS_ONLY" },
      { name = "byTenant", hash_key = { name = "tenant", type = "S" }, range_key = { name = "type", type = "S" }, projection_type = "INCLUDE", non_key_attributes = ["payload"] },
    ]
  }

  assert {
    condition = { for index in aws_dynamodb_table.this.global_secondary_index : index.name => join(" ", compact(concat([index.hash_key, index.range_key, index.projection_type], try(tolist(index.non_key_attributes), []), [index.write_capacity]))) } == {
      initialEvents = "eventStoreId timestamp KEYS_ONLY 3"
      byType        = "type timestamp KEYS_ONLY 3"
      byTenant      = "tenant type INCLUDE payload 3"
    }
    error_message = "The indexes are not the module's own and the given ones."
  }

  assert {
    condition = { for attribute in aws_dynamodb_table.this.attribute : attribute.name => attribute.type } == {
      aggregateId = "S", version = "N", eventStoreId = "S", timestamp = "S", type = "S", tenant = "S"
    }
    error_message = "The attributes are not those of the table's keys and of its indexes' keys."
  }

  assert {
    condition     = length(aws_appautoscaling_target.this) == 8 && aws_appautoscaling_target.this["index_write:byTenant"].resource_id == "table/events/index/byTenant" && aws_appautoscaling_target.this["index_write:byTenant"].min_capacity == 3
    error_message = "The given indexes do not scale as the module's own does."
  }
}
