# Views of an event table: its stream, a function that keeps them, and the table that they are in.

provider "aws" {
  region = "eu-west-1"
}

module "events" {
  source = "../../"

  name           = "orders-events"
  stream_enabled = true
}

module "views" {
  source = "../../modules/projection-table"
  name   = "orders-views"
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
  memory_size   = 512
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
  projection_table_arn = module.views.arn
  alarm_actions        = [aws_sns_topic.alarms.arn]
}
