# Views of an event table: its stream, a function that keeps them, and the table that they lie in.

provider "aws" {
  region = "eu-west-1"
}

module "events" {
  source = "../../"

  name           = "orders-events"
  stream_enabled = true
}

resource "aws_dynamodb_table" "views" {
  name         = "orders-views"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  range_key    = "sk"

  attribute {
    name = "pk"
    type = "S"
  }

  attribute {
    name = "sk"
    type = "S"
  }

  deletion_protection_enabled = true

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = true
  }
}

resource "aws_iam_role" "views" {
  name = "orders-views"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_lambda_function" "views" {
  function_name = "orders-views"
  role          = aws_iam_role.views.arn
  runtime       = "nodejs22.x"
  handler       = "views.handler" # what createStreamHandler returned
  filename      = "views.zip"
  timeout       = 60
}

resource "aws_sns_topic" "alarms" {
  name = "orders-alarms"
}

module "views_handler" {
  source = "../../modules/stream-handler"

  name                 = "orders-views"
  stream_arn           = module.events.stream_arn
  function_name        = aws_lambda_function.views.function_name
  function_role_name   = aws_iam_role.views.name
  projection_table_arn = aws_dynamodb_table.views.arn
  alarm_actions        = [aws_sns_topic.alarms.arn]
}
