# The module live-feed: what it makes, and what it refuses.

mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_resource "aws_apigatewayv2_api" {
    defaults = {
      id            = "a1b2c3"
      execution_arn = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3"
    }
  }

  mock_resource "aws_apigatewayv2_stage" {
    defaults = { invoke_url = "wss://a1b2c3.execute-api.eu-west-1.amazonaws.com/live" }
  }
}

variables {
  name                      = "orders-live"
  feed_table_arn            = "arn:aws:dynamodb:eu-west-1:111122223333:table/feed"
  event_table_arns          = ["arn:aws:dynamodb:eu-west-1:111122223333:table/events"]
  stream_function_role_name = "sender"
  web_socket_function = {
    name       = "web-socket"
    invoke_arn = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:web-socket/invocations"
    role_name  = "web-socket-role"
  }
}

run "has_a_route_for_everything" {
  module {
    source = "./modules/live-feed"
  }

  assert {
    condition = alltrue([
      aws_apigatewayv2_api.this.protocol_type == "WEBSOCKET",
      toset(keys(aws_apigatewayv2_route.this)) == toset(["$connect", "$disconnect", "$default"]),
      aws_apigatewayv2_stage.this.auto_deploy,
      toset([for permission in aws_lambda_permission.this : permission.source_arn]) == toset([for route in ["$connect", "$disconnect", "$default"] : "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*/${route}"]),
      aws_iam_role_policy.web_socket.role == "web-socket-role" && aws_iam_role_policy.web_socket.policy == output.web_socket_policy_json,
      aws_iam_role_policy.stream.role == "sender" && aws_iam_role_policy.stream.policy == output.stream_policy_json,
    ])
    error_message = "The API is not as it should be."
  }

  assert {
    condition     = output.url == "wss://a1b2c3.execute-api.eu-west-1.amazonaws.com/live" && output.callback_url == "https://a1b2c3.execute-api.eu-west-1.amazonaws.com/live"
    error_message = "The addresses are not as they should be."
  }
}

run "refuses_what_is_no_table" {
  command = plan

  module {
    source = "./modules/live-feed"
  }

  variables {
    feed_table_arn   = "feed"
    event_table_arns = []
    stage_name       = "a/b"
  }

  expect_failures = [var.feed_table_arn, var.event_table_arns, var.stage_name]
}
