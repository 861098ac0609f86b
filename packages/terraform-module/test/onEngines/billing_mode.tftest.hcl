# Run by billingMode.soak.test.ts on an engine, which gives the endpoint by the environment and the name by an argument.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

# No local engine has Application Auto Scaling.
override_resource {
  target = aws_appautoscaling_target.this
}

override_resource {
  target = aws_appautoscaling_policy.this
}

variables {
  point_in_time_recovery_enabled = false
  deletion_protection_enabled    = false
  server_side_encryption_enabled = false
}

run "on_demand" {}

run "on_demand_to_provisioned" {
  command = plan

  variables {
    billing_mode = "PROVISIONED"
  }

  expect_failures = [aws_dynamodb_table.this]
}

run "provisioned" {
  variables {
    name         = "${var.name}-provisioned"
    billing_mode = "PROVISIONED"
    autoscaling  = { table_read = { min = 3 }, table_write = { min = 4 } }
  }
}

# If the table were replaced, its ARN would not be known yet.
run "plan_from_provisioned_to_on_demand" {
  command = plan

  variables {
    name = "${var.name}-provisioned"
  }

  assert {
    condition     = aws_dynamodb_table.this.arn == run.provisioned.arn
    error_message = "The table is replaced."
  }
}

run "provisioned_to_on_demand" {
  variables {
    name = "${var.name}-provisioned"
  }

  assert {
    condition     = aws_dynamodb_table.this.billing_mode == "PAY_PER_REQUEST" && length(aws_appautoscaling_target.this) == 0
    error_message = "The table is not on-demand."
  }
}
