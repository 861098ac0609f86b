# A table with an index beside the module's own, which exists already. What DynamoDB answers is made up.

mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }
}

variables {
  name               = "events"
  additional_indexes = [{ name = "byType", hash_key = { name = "type", type = "S" } }]
}

run "table_that_exists" {}

run "unchanged" {
  command = plan

  assert {
    condition     = length(aws_dynamodb_table.this.global_secondary_index) == 2
    error_message = "There are not two indexes."
  }
}

run "no_longer_mentioned" {
  command = plan

  variables {
    additional_indexes = []
  }

  assert {
    condition     = length(aws_dynamodb_table.this.global_secondary_index) == 2
    error_message = "An index that the module no longer knows of would be deleted."
  }
}

run "of_other_keys" {
  command = plan

  variables {
    additional_indexes = [{ name = "byType", hash_key = { name = "type", type = "S" }, range_key = { name = "timestamp", type = "S" } }]
  }

  expect_failures = [check.indexes]
}

run "of_another_projection" {
  command = plan

  variables {
    additional_indexes = [{ name = "byType", hash_key = { name = "type", type = "S" }, projection_type = "KEYS_ONLY" }]
  }

  expect_failures = [check.indexes]
}

run "to_the_other_layout" {
  command = plan

  variables {
    layout = "table-per-store"
  }

  expect_failures = [aws_dynamodb_table.this]
}

run "of_the_modules_name" {
  command = plan

  variables {
    additional_indexes = [{ name = "initialEvents", hash_key = { name = "type", type = "S" } }]
  }

  expect_failures = [var.additional_indexes]
}

run "of_one_name_twice" {
  command = plan

  variables {
    additional_indexes = [
      { name = "byType", hash_key = { name = "type", type = "S" } },
      { name = "byType", hash_key = { name = "tenant", type = "S" } },
    ]
  }

  expect_failures = [var.additional_indexes]
}

run "of_a_type_that_events_do_not_have" {
  command = plan

  variables {
    additional_indexes = [{ name = "byType", hash_key = { name = "type", type = "N" } }]
  }

  expect_failures = [var.additional_indexes]
}

run "of_a_map" {
  command = plan

  variables {
    additional_indexes = [{ name = "byPayload", hash_key = { name = "payload", type = "S" } }]
  }

  expect_failures = [var.additional_indexes]
}

run "of_an_attribute_with_two_types" {
  command = plan

  variables {
    additional_indexes = [
      { name = "byTenant", hash_key = { name = "tenant", type = "S" } },
      { name = "byTenantNumber", hash_key = { name = "tenant", type = "N" } },
    ]
  }

  expect_failures = [var.additional_indexes]
}

run "of_an_unknown_projection" {
  command = plan

  variables {
    additional_indexes = [{ name = "byType", hash_key = { name = "type", type = "S" }, projection_type = "SOME" }]
  }

  expect_failures = [var.additional_indexes]
}

run "that_includes_nothing" {
  command = plan

  variables {
    additional_indexes = [{ name = "byType", hash_key = { name = "type", type = "S" }, projection_type = "INCLUDE" }]
  }

  expect_failures = [var.additional_indexes]
}

run "of_one_attribute_twice" {
  command = plan

  variables {
    additional_indexes = [{ name = "byType", hash_key = { name = "type", type = "S" }, range_key = { name = "type", type = "S" } }]
  }

  expect_failures = [var.additional_indexes]
}

run "that_includes_an_attribute_twice" {
  command = plan

  variables {
    additional_indexes = [{ name = "byType", hash_key = { name = "type", type = "S" }, projection_type = "INCLUDE", non_key_attributes = ["payload", "payload"] }]
  }

  expect_failures = [var.additional_indexes]
}

run "that_includes_no_attribute" {
  command = plan

  variables {
    additional_indexes = [{ name = "byType", hash_key = { name = "type", type = "S" }, projection_type = "INCLUDE", non_key_attributes = [] }]
  }

  expect_failures = [var.additional_indexes]
}
