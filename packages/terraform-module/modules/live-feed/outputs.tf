output "url" {
  description = "What clients connect to: `wss://…`."
  value       = aws_apigatewayv2_stage.this.invoke_url
}

output "callback_url" {
  description = "The `endpoint` of the management API, through which the functions send: `https://…`."
  value       = replace(aws_apigatewayv2_stage.this.invoke_url, "/^wss:/", "https:")
}

output "web_socket_policy_json" {
  description = "IAM policy document that the role of the function for clients has been given."
  value       = local.web_socket_policy
}

output "stream_policy_json" {
  description = "IAM policy document that the role of the function for the stream has been given."
  value       = local.stream_policy
}
