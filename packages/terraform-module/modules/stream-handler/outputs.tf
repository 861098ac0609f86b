output "policy_json" {
  description = "IAM policy document that the function's role has been given."
  value       = local.policy
}

output "failure_queue_arn" {
  description = "ARN of the queue of what Lambda gave up."
  value       = local.failure_queue_arn
}

output "failure_queue_url" {
  description = "URL of that queue; null if it was given by `failure_queue`."
  value       = one(aws_sqs_queue.failures[*].url)
}

output "event_source_mapping_id" {
  description = "Identifier (UUID) of the event source mapping, by which it is paused and resumed."
  value       = aws_lambda_event_source_mapping.this.id
}
