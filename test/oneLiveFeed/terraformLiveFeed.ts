import { API_ID, FEED, type LiveFeedShape } from './liveFeedShape.js';

const permissionsIn = (output: string): string =>
  `join("\\n", sort(distinct(flatten([
      for statement in jsondecode(output.${output}).Statement : [
        for action in flatten([statement.Action]) : [
          for resource in flatten([statement.Resource]) : "\${action} on \${resource}"
        ]
      ]
    ]))))`;

const assertion = (what: string, condition: string): string => `
  assert {
    condition     = ${condition}
    error_message = "${what} are not those of the CDK construct."
  }
`;

const sameAs = (value: string, lines: readonly string[]): string =>
  `${value} == join("\\n", ${JSON.stringify(lines.toSorted()).replaceAll('${', '$${')})`;

const API_AND_STAGE =
  'join(" ", [aws_apigatewayv2_api.this.protocol_type, aws_apigatewayv2_stage.this.name, tostring(aws_apigatewayv2_stage.this.auto_deploy)])';

/**
 * A test of Terraform's, since the policies name the API, whose id no plan knows: that the module makes what the construct
 * has come to.
 */
export const terraformTest = ({ api, stage, routes, integrations, permissions }: LiveFeedShape): string => `
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
      id            = "${API_ID}"
      execution_arn = "arn:aws:execute-api:eu-west-1:111122223333:${API_ID}"
    }
  }
}

variables {
  name                      = "orders-live"
  feed_table_arn            = "${FEED.feedTableArn}"
  event_table_arns          = ["${FEED.eventTableArn}"]
  stream_function_role_name = "sender"
  web_socket_function = {
    name       = "web-socket"
    invoke_arn = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:web-socket/invocations"
    role_name  = "web-socket"
  }
}

run "is_what_the_construct_is" {
${assertion('API and stage', `${API_AND_STAGE} == ${JSON.stringify([api.ProtocolType, stage.StageName, String(stage.AutoDeploy)].join(' '))}`)}
${assertion('Routes', sameAs('join("\\n", sort([for route in aws_apigatewayv2_route.this : route.route_key]))', routes))}
${assertion('Integrations', sameAs('aws_apigatewayv2_integration.this.integration_type', integrations))}
${assertion('Permissions of the function for clients', sameAs(permissionsIn('web_socket_policy_json'), permissions.webSocket))}
${assertion('Permissions of the function for the stream', sameAs(permissionsIn('stream_policy_json'), permissions.stream))}
}
`;
