# What is refused, before a plan.

mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }
}

variables {
  name = "events"
}

run "values_out_of_range" {
  command = plan

  variables {
    name               = "my events"
    layout             = "multi-table"
    billing_mode       = "ON_DEMAND"
    table_class        = "GLACIER"
    on_demand_maximum  = { read_request_units = 0 }
    autoscaling        = { table_read = { min = 10, max = 5 } }
    ttl_attribute_name = "version"
    alarm_actions      = ["alarms"]
    tags               = { "aws:team" = "orders" }
  }

  expect_failures = [
    var.name,
    var.layout,
    var.billing_mode,
    var.table_class,
    var.on_demand_maximum,
    var.autoscaling,
    var.ttl_attribute_name,
    var.alarm_actions,
    var.tags,
  ]
}

run "other_values_out_of_range" {
  command = plan

  variables {
    name              = "ev"
    on_demand_maximum = { write_request_units = 1.5 }
    autoscaling       = { index_write = { min = 0 } }
    tags              = { (join("", [for _ in range(129) : "k"])) = "orders" }
  }

  expect_failures = [var.name, var.on_demand_maximum, var.autoscaling, var.tags]
}

run "target_out_of_range" {
  command = plan

  variables {
    autoscaling = { index_read = { target = 95 } }
  }

  expect_failures = [var.autoscaling]
}

run "maximum_where_capacity_is_provisioned" {
  command = plan

  variables {
    billing_mode      = "PROVISIONED"
    on_demand_maximum = { read_request_units = 100 }
  }

  expect_failures = [aws_dynamodb_table.this]
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

run "names_that_are_empty_or_reserved" {
  command = plan

  variables {
    ttl_attribute_name = ""
    tags               = { "AWS:team" = "orders" }
    alarms_enabled     = true
    alarm_actions      = [for position in range(6) : "arn:aws:sns:eu-west-1:111122223333:alarms${position}"]
  }

  expect_failures = [var.ttl_attribute_name, var.tags, var.alarm_actions]
}

run "name_too_long_for_its_alarms" {
  command = plan

  variables {
    name           = join("", [for _ in range(240) : "n"])
    alarms_enabled = true
  }

  expect_failures = [aws_dynamodb_table.this]
}

run "name_too_long_for_its_replicas_alarm" {
  command = plan

  variables {
    name           = join("", [for _ in range(223) : "n"])
    alarms_enabled = true
    replicas       = [{ region_name = "eu-central-1" }]
  }

  expect_failures = [aws_dynamodb_table.this]
}

run "name_too_long_for_its_scaling_policies" {
  command = plan

  variables {
    name         = join("", [for _ in range(197) : "n"])
    billing_mode = "PROVISIONED"
  }

  expect_failures = [aws_dynamodb_table.this]
}

run "the_longest_names" {
  command = plan

  variables {
    name               = join("", [for _ in range(255) : "n"])
    ttl_attribute_name = join("", [for _ in range(255) : "t"])
  }
}

run "the_longest_name_with_alarms" {
  command = plan

  variables {
    name           = join("", [for _ in range(222) : "n"])
    alarms_enabled = true
    replicas       = [{ region_name = "eu-central-1" }]
  }
}

run "the_longest_name_with_scaling_policies" {
  command = plan

  variables {
    name         = join("", [for _ in range(196) : "n"])
    billing_mode = "PROVISIONED"
  }
}
