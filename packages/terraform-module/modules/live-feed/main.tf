data "aws_region" "current" {}
data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  region = data.aws_region.current.id

  # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
  connections = "arn:${data.aws_partition.current.partition}:execute-api:${local.region}:${data.aws_caller_identity.current.account_id}:${aws_apigatewayv2_api.this.id}/${var.stage_name}"

  manage_connections = {
    Effect   = "Allow"
    Action   = ["execute-api:ManageConnections"]
    Resource = ["${local.connections}/POST/@connections/*", "${local.connections}/DELETE/@connections/*"]
  }

  # `liveFeedConnections` and `liveFeedDeliveries` of `eventTableOperations` (packages/table); the tests compare them.
  connection_actions = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Query", "dynamodb:BatchWriteItem"]
  delivery_actions   = concat(local.connection_actions, ["dynamodb:BatchGetItem"])

  # Through DynamoDB only; the last * stands for China's `.cn`.
  key_statements = [
    for arn in var.kms_key_arns : {
      Effect    = "Allow"
      Action    = ["kms:Decrypt"]
      Resource  = [arn]
      Condition = { StringLike = { "kms:ViaService" = "dynamodb.${local.region}.amazonaws.com*" } }
    }
  ]

  web_socket_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        { Effect = "Allow", Action = local.connection_actions, Resource = [var.feed_table_arn] },
        # What a client has missed is read from the event stores.
        { Effect = "Allow", Action = ["dynamodb:Query"], Resource = var.event_table_arns },
        local.manage_connections,
      ],
      local.key_statements,
    )
  })

  stream_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        { Effect = "Allow", Action = local.delivery_actions, Resource = [var.feed_table_arn] },
        local.manage_connections,
      ],
      local.key_statements,
    )
  })
}

resource "aws_apigatewayv2_api" "this" {
  name                       = var.name
  protocol_type              = "WEBSOCKET"
  route_selection_expression = "$request.body.type"
  tags                       = var.tags
}

resource "aws_apigatewayv2_integration" "this" {
  api_id           = aws_apigatewayv2_api.this.id
  integration_type = "AWS_PROXY"
  integration_uri  = var.web_socket_function.invoke_arn
}

resource "aws_apigatewayv2_route" "this" {
  for_each = toset(["$connect", "$disconnect", "$default"])

  api_id    = aws_apigatewayv2_api.this.id
  route_key = each.key
  target    = "integrations/${aws_apigatewayv2_integration.this.id}"
}

resource "aws_apigatewayv2_stage" "this" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = var.stage_name
  auto_deploy = true
  tags        = var.tags

  # A stage that is deployed before its routes has none.
  depends_on = [aws_apigatewayv2_route.this]
}

resource "aws_lambda_permission" "this" {
  for_each = aws_apigatewayv2_route.this

  action        = "lambda:InvokeFunction"
  function_name = var.web_socket_function.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/*/${each.key}"
}

resource "aws_iam_role_policy" "web_socket" {
  name   = "${var.name}-web-socket"
  role   = var.web_socket_function.role_name
  policy = local.web_socket_policy
}

resource "aws_iam_role_policy" "stream" {
  name   = "${var.name}-stream"
  role   = var.stream_function_role_name
  policy = local.stream_policy
}
