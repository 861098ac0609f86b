# The other options, planned with the real provider, which checks its arguments against one another.

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

run "without_protection" {
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
    error_message = "Contributor Insights are not on for both table and index."
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
    error_message = "Somebody is not notified, or is notified without a reason."
  }
}
