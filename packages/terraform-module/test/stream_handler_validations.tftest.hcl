# What the module stream-handler refuses.

mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }

  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:eu-west-1:111122223333:orders-views-failures"
    }
  }
}

variables {
  name                 = "orders-views"
  stream_arn           = "arn:aws:dynamodb:eu-west-1:111122223333:table/events/stream/2026-01-01T00:00:00.000"
  function_name        = "orders-views-function"
  function_role_name   = "orders-views-role"
  projection_table_arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/views"
}

run "a_stream_of_another_region" {
  command = plan

  module {
    source = "./modules/stream-handler"
  }

  variables {
    stream_arn = "arn:aws:dynamodb:eu-central-1:111122223333:table/events/stream/2026-01-01T00:00:00.000"
  }

  expect_failures = [aws_lambda_event_source_mapping.this]
}

run "a_stream_of_another_account" {
  command = plan

  module {
    source = "./modules/stream-handler"
  }

  variables {
    stream_arn = "arn:aws:dynamodb:eu-west-1:444455556666:table/events/stream/2026-01-01T00:00:00.000"
  }

  expect_failures = [aws_lambda_event_source_mapping.this]
}

run "a_key_of_another_region" {
  command = plan

  module {
    source = "./modules/stream-handler"
  }

  variables {
    kms_key_arns = ["arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]
  }

  expect_failures = [aws_lambda_event_source_mapping.this]
}

run "a_queue_with_a_key_of_another_region" {
  command = plan

  module {
    source = "./modules/stream-handler"
  }

  variables {
    failure_queue = {
      arn         = "arn:aws:sqs:eu-west-1:111122223333:given-up"
      kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }
  }

  expect_failures = [aws_lambda_event_source_mapping.this]
}

run "a_table_for_a_stream" {
  command = plan

  module {
    source = "./modules/stream-handler"
  }

  variables {
    stream_arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/events"
  }

  expect_failures = [var.stream_arn]
}

run "a_queue_of_another_region" {
  command = plan

  module {
    source = "./modules/stream-handler"
  }

  variables {
    failure_queue = { arn = "arn:aws:sqs:eu-central-1:111122223333:given-up" }
  }

  expect_failures = [aws_lambda_event_source_mapping.this]
}

run "a_queue_of_another_account" {
  command = plan

  module {
    source = "./modules/stream-handler"
  }

  variables {
    failure_queue = { arn = "arn:aws:sqs:eu-west-1:444455556666:given-up" }
  }

  expect_failures = [aws_lambda_event_source_mapping.this]
}

run "a_queue_with_a_key_by_its_alias" {
  command = plan

  module {
    source = "./modules/stream-handler"
  }

  variables {
    failure_queue = { arn = "arn:aws:sqs:eu-west-1:111122223333:given-up", kms_key_arn = "alias/queue" }
  }

  expect_failures = [var.failure_queue]
}

run "a_table_without_a_stream" {
  command = plan

  module {
    source = "./modules/stream-handler"
  }

  variables {
    stream_arn = null
  }

  expect_failures = [var.stream_arn]
}

run "what_lambda_refuses" {
  command = plan

  module {
    source = "./modules/stream-handler"
  }

  variables {
    name                               = "orders views"
    function_name                      = "arn:aws:lambda:eu-west-1:111122223333:function:views"
    projection_table_arn               = "views"
    kms_key_arns                       = ["alias/views"]
    function_role_name                 = "arn:aws:iam::111122223333:role/views"
    failure_queue                      = { arn = "arn:aws:sqs:eu-west-1:111122223333:given-up.fifo" }
    starting_position                  = "AT_TIMESTAMP"
    batch_size                         = 0
    maximum_batching_window_in_seconds = 301
    parallelization_factor             = 11
    maximum_retry_attempts             = -2
    maximum_record_age_in_seconds      = 59
    iterator_age_alarm_seconds         = 86400
    alarm_actions                      = ["alarms"]
    tags                               = { "aws:team" = "orders" }
  }

  expect_failures = [
    var.name,
    var.function_name,
    var.projection_table_arn,
    var.kms_key_arns,
    var.function_role_name,
    var.failure_queue,
    var.starting_position,
    var.batch_size,
    var.maximum_batching_window_in_seconds,
    var.parallelization_factor,
    var.maximum_retry_attempts,
    var.maximum_record_age_in_seconds,
    var.iterator_age_alarm_seconds,
    var.alarm_actions,
    var.tags,
  ]
}

run "too_many_to_notify" {
  command = plan

  module {
    source = "./modules/stream-handler"
  }

  variables {
    alarm_actions = [for position in range(6) : "arn:aws:sns:eu-west-1:111122223333:alarms${position}"]
  }

  expect_failures = [var.alarm_actions]
}
