# What one gets for a name alone.

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

run "name_alone" {
  command = plan

  assert {
    condition     = aws_dynamodb_table.this.name == "events"
    error_message = "The table does not have the given name."
  }

  assert {
    condition     = aws_dynamodb_table.this.billing_mode == "PAY_PER_REQUEST" && length(aws_dynamodb_table.this.on_demand_throughput) == 0
    error_message = "The table is not on-demand without a maximum."
  }

  assert {
    condition     = aws_dynamodb_table.this.point_in_time_recovery[0].enabled && aws_dynamodb_table.this.deletion_protection_enabled
    error_message = "The table lacks point-in-time recovery or deletion protection."
  }

  assert {
    condition     = aws_dynamodb_table.this.server_side_encryption[0].enabled
    error_message = "The table is not encrypted with the AWS managed key."
  }

  assert {
    condition     = aws_dynamodb_table.this.table_class != "STANDARD_INFREQUENT_ACCESS" && !aws_dynamodb_table.this.ttl[0].enabled && length(aws_dynamodb_table.this.replica) == 0
    error_message = "The table has a class, a time to live or replicas that nobody asked for."
  }

  assert {
    condition     = !aws_dynamodb_table.this.stream_enabled && output.stream_arn == null
    error_message = "The table has a stream that nobody asked for."
  }

  assert {
    condition     = length(aws_dynamodb_contributor_insights.this) + length(aws_appautoscaling_target.this) + length(aws_appautoscaling_policy.this) + length(aws_cloudwatch_metric_alarm.this) == 0
    error_message = "There is more than the table, which nobody asked for and somebody pays."
  }

  assert {
    condition     = aws_dynamodb_table.this.hash_key == "aggregateId" && aws_dynamodb_table.this.range_key == "version"
    error_message = "The table has other keys."
  }

  assert {
    condition     = one(aws_dynamodb_table.this.global_secondary_index).hash_key == "eventStoreId"
    error_message = "The default is not the single-table layout."
  }
}

run "table_per_store" {
  command = plan

  variables {
    layout = "table-per-store"
  }

  assert {
    condition     = one(aws_dynamodb_table.this.global_secondary_index).hash_key == "isInitialEvent"
    error_message = "The index does not begin with isInitialEvent."
  }

  assert {
    condition     = one([for attribute in aws_dynamodb_table.this.attribute : attribute.type if attribute.name == "isInitialEvent"]) == "N"
    error_message = "isInitialEvent is not a number."
  }
}
