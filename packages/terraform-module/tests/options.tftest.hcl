# Each option, planned with the real provider, which checks its arguments against one another.

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
    error_message = "The index does not begin with its smallest capacity, or with the table's where it has none of its own."
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

run "without_safety_nets" {
  command = plan

  variables {
    point_in_time_recovery_enabled = false
    deletion_protection_enabled    = false
    server_side_encryption_enabled = false
  }

  assert {
    condition     = !aws_dynamodb_table.this.point_in_time_recovery[0].enabled && !aws_dynamodb_table.this.deletion_protection_enabled
    error_message = "Point-in-time recovery or deletion protection cannot be switched off."
  }

  assert {
    condition     = !aws_dynamodb_table.this.server_side_encryption[0].enabled
    error_message = "The key that AWS owns cannot be chosen."
  }
}

run "customer_managed_key" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition     = aws_dynamodb_table.this.server_side_encryption[0].enabled && aws_dynamodb_table.this.server_side_encryption[0].kms_key_arn == var.kms_key_arn
    error_message = "The table is not encrypted with the given key."
  }
}

run "stream" {
  command = plan

  variables {
    stream_enabled = true
  }

  assert {
    condition     = aws_dynamodb_table.this.stream_enabled && aws_dynamodb_table.this.stream_view_type == "NEW_IMAGE"
    error_message = "The table does not stream new images."
  }
}

run "contributor_insights" {
  command = plan

  variables {
    contributor_insights_enabled = true
  }

  assert {
    condition     = aws_dynamodb_contributor_insights.this["table"].index_name == null && aws_dynamodb_contributor_insights.this["index"].index_name == "initialEvents"
    error_message = "Table and index are not both looked into."
  }
}

run "time_to_live" {
  command = plan

  variables {
    ttl_enabled        = true
    ttl_attribute_name = "expiresAt"
  }

  assert {
    condition     = aws_dynamodb_table.this.ttl[0].enabled && aws_dynamodb_table.this.ttl[0].attribute_name == "expiresAt"
    error_message = "The time to live is not read from expiresAt."
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

run "replicas" {
  command = plan

  variables {
    replicas       = [{ region_name = "eu-central-1" }, { region_name = "eu-north-1" }]
    alarms_enabled = true
  }

  assert {
    condition     = toset(aws_dynamodb_table.this.replica[*].region_name) == toset(["eu-central-1", "eu-north-1"])
    error_message = "The replicas are not in the given regions."
  }

  assert {
    condition     = alltrue([for replica in aws_dynamodb_table.this.replica : replica.point_in_time_recovery && replica.propagate_tags])
    error_message = "The replicas lack point-in-time recovery or tags."
  }

  assert {
    condition     = aws_dynamodb_table.this.stream_enabled && aws_dynamodb_table.this.stream_view_type == "NEW_AND_OLD_IMAGES"
    error_message = "DynamoDB cannot replicate without a stream of both images."
  }

  assert {
    condition     = one([for query in aws_cloudwatch_metric_alarm.this["replication-latency-eu-north-1"].metric_query : query.metric[0].dimensions if length(query.metric) > 0]) == tomap({ TableName = "events", ReceivingRegion = "eu-north-1" })
    error_message = "Nothing watches how far a replica lags behind."
  }
}

run "tags" {
  command = plan

  variables {
    tags           = { team = "orders" }
    billing_mode   = "PROVISIONED"
    alarms_enabled = true
  }

  assert {
    condition = alltrue([
      for resource in concat([aws_dynamodb_table.this], values(aws_appautoscaling_target.this), values(aws_cloudwatch_metric_alarm.this)) :
      resource.tags == tomap({ team = "orders" })
    ])
    error_message = "Something lacks the tags."
  }
}

run "alarms" {
  command = plan

  variables {
    alarms_enabled = true
    alarm_actions  = ["arn:aws:sns:eu-west-1:111122223333:alarms"]
  }

  assert {
    condition = {
      for name, alarm in aws_cloudwatch_metric_alarm.this : name => join(", ", sort(flatten([
        for query in alarm.metric_query : [for metric in query.metric : "${metric.metric_name} ${join(" ", values(metric.dimensions))}"]
      ])))
      } == {
      table-throttled = "ReadThrottleEvents events, WriteThrottleEvents events"
      index-throttled = "ReadThrottleEvents initialEvents events, WriteThrottleEvents initialEvents events"
      system-errors   = "SystemErrors PutItem events, SystemErrors Query events, SystemErrors TransactWriteItems events"
    }
    error_message = "The alarms do not watch throttling of table and index and DynamoDB's own errors."
  }

  assert {
    condition     = [for query in aws_cloudwatch_metric_alarm.this["system-errors"].metric_query : query.expression if query.return_data] == ["FILL(put, 0) + FILL(query, 0) + FILL(transact, 0)"]
    error_message = "The alarm does not add up the operations."
  }

  assert {
    condition = alltrue([
      for alarm in aws_cloudwatch_metric_alarm.this :
      alarm.alarm_actions == toset(var.alarm_actions) && alarm.ok_actions == toset(var.alarm_actions) && alarm.treat_missing_data == "notBreaching"
    ])
    error_message = "Somebody is not told, or is told of nothing."
  }
}
