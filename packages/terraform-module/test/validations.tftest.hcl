# What is refused, before a plan.

mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }
}

variables {
  name = "events"
}

run "name_that_dynamodb_refuses" {
  command = plan

  variables {
    name = "my events"
  }

  expect_failures = [var.name]
}

run "name_that_is_too_short" {
  command = plan

  variables {
    name = "ev"
  }

  expect_failures = [var.name]
}

run "unknown_layout" {
  command = plan

  variables {
    layout = "multi-table"
  }

  expect_failures = [var.layout]
}

run "unknown_billing_mode" {
  command = plan

  variables {
    billing_mode = "ON_DEMAND"
  }

  expect_failures = [var.billing_mode]
}

run "unknown_table_class" {
  command = plan

  variables {
    table_class = "GLACIER"
  }

  expect_failures = [var.table_class]
}

run "maximum_of_nothing" {
  command = plan

  variables {
    on_demand_maximum = { read_request_units = 0 }
  }

  expect_failures = [var.on_demand_maximum]
}

run "maximum_of_a_fraction" {
  command = plan

  variables {
    on_demand_maximum = { write_request_units = 1.5 }
  }

  expect_failures = [var.on_demand_maximum]
}

run "maximum_where_capacity_is_provisioned" {
  command = plan

  variables {
    billing_mode      = "PROVISIONED"
    on_demand_maximum = { read_request_units = 100 }
  }

  expect_failures = [aws_dynamodb_table.this]
}

run "range_upside_down" {
  command = plan

  variables {
    autoscaling = { table_read = { min = 10, max = 5 } }
  }

  expect_failures = [var.autoscaling]
}

run "range_from_nothing" {
  command = plan

  variables {
    autoscaling = { index_write = { min = 0 } }
  }

  expect_failures = [var.autoscaling]
}

run "target_out_of_range" {
  command = plan

  variables {
    autoscaling = { index_read = { target = 95 } }
  }

  expect_failures = [var.autoscaling]
}

run "time_to_live_in_an_attribute_of_events" {
  command = plan

  variables {
    ttl_enabled        = true
    ttl_attribute_name = "version"
  }

  expect_failures = [var.ttl_attribute_name]
}

run "time_to_live_in_no_attribute" {
  command = plan

  variables {
    ttl_enabled = true
  }

  expect_failures = [aws_dynamodb_table.this]
}

run "actions_without_alarms" {
  command = plan

  variables {
    alarm_actions = ["arn:aws:sns:eu-west-1:111122223333:alarms"]
  }

  expect_failures = [aws_dynamodb_table.this]
}

run "action_by_its_name" {
  command = plan

  variables {
    alarms_enabled = true
    alarm_actions  = ["alarms"]
  }

  expect_failures = [var.alarm_actions]
}

run "tag_of_aws" {
  command = plan

  variables {
    tags = { "aws:team" = "orders" }
  }

  expect_failures = [var.tags]
}
