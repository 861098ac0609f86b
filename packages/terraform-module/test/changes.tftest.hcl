# A table that exists already. What DynamoDB answers is made up; the tests on real engines are in the folder onEngines.

mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }
}

variables {
  name = "events"
}

run "table_that_exists" {
  variables {
    on_demand_maximum = { write_request_units = 100 }
  }

  assert {
    condition     = one(aws_dynamodb_table.this.on_demand_throughput).max_write_request_units == 100
    error_message = "Writes alone cannot have a maximum."
  }
}

run "to_another_layout" {
  command = plan

  variables {
    layout            = "table-per-store"
    on_demand_maximum = { write_request_units = 100 }
  }

  expect_failures = [aws_dynamodb_table.this]
}

run "to_another_maximum" {
  command = plan

  variables {
    on_demand_maximum = { write_request_units = 200 }
  }

  expect_failures = [check.index_maximum]
}

run "to_no_maximum" {
  command = plan

  variables {
    on_demand_maximum = { write_request_units = -1 }
  }

  expect_failures = [check.index_maximum]
}

run "with_an_index_more" {
  command = plan

  variables {
    additional_indexes = [{ name = "byType", hash_key = { name = "type", type = "S" } }]
  }

  expect_failures = [check.indexes]
}
