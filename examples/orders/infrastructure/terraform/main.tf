# The same service in Terraform. The functions: npm run bundle && (cd dist/functions && zip ../functions.zip *.js)

provider "aws" {
  region = "eu-west-1"
}

locals {
  functions = "${path.module}/../../dist/functions.zip"
}

module "events" {
  source = "../../../../packages/terraform-module"

  name           = "orders-events"
  stream_enabled = true
}

module "views" {
  source = "../../../../packages/terraform-module/modules/projection-table"

  name        = "orders-views"
  ttl_enabled = true
}

module "projections" {
  source = "../../../../packages/terraform-module/modules/stream-handler"

  name                 = "orders-projections"
  stream_arn           = module.events.stream_arn
  function_name        = aws_lambda_function.orders["projections"].function_name
  function_role_name   = aws_iam_role.orders["projections"].name
  projection_table_arn = module.views.arn
  alarm_actions        = [aws_sns_topic.on_call.arn]
}

resource "aws_sns_topic" "on_call" {
  name = "orders-on-call"
}

resource "aws_iam_role" "orders" {
  for_each = toset(["api", "projections"])
  name     = "orders-${each.key}"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "logs" {
  for_each   = aws_iam_role.orders
  role       = each.value.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy" "api" {
  for_each = {
    get-events      = module.events.get_events_policy_json
    push-event      = module.events.push_event_policy_json
    read-snapshots  = module.events.read_snapshots_policy_json
    write-snapshots = module.events.write_snapshots_policy_json
    run-once        = module.views.run_once_policy_json
    get-view        = module.views.get_view_policy_json
  }

  name   = each.key
  role   = aws_iam_role.orders["api"].id
  policy = each.value
}

resource "aws_lambda_function" "orders" {
  for_each = toset(["api", "projections"])

  function_name    = "orders-${each.key}"
  role             = aws_iam_role.orders[each.key].arn
  runtime          = "nodejs22.x"
  handler          = "${each.key}.handler"
  filename         = local.functions
  source_code_hash = fileexists(local.functions) ? filebase64sha256(local.functions) : null
  timeout          = 60
  memory_size      = 512

  environment {
    variables = {
      EVENT_TABLE_NAME = module.events.name
      VIEW_TABLE_NAME  = module.views.name
    }
  }
}

resource "aws_lambda_function_url" "api" {
  function_name      = aws_lambda_function.orders["api"].function_name
  authorization_type = "AWS_IAM"
}

output "url" {
  value = aws_lambda_function_url.api.function_url
}
