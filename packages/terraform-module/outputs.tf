output "name" {
  description = "Name of the table: the adapter's `tableName`."
  value       = aws_dynamodb_table.this.name
}

output "arn" {
  description = "ARN of the table."
  value       = aws_dynamodb_table.this.arn
}

output "index_arn" {
  description = "ARN of the index `initialEvents`."
  value       = local.index_arn
}

output "stream_arn" {
  description = "ARN of the table's stream; null where it has none."
  value       = local.stream_enabled ? aws_dynamodb_table.this.stream_arn : null
}

output "get_events_policy_json" {
  description = "IAM policy document for `getEvents`: `Query` on the table."
  value       = local.policies.get_events
}

output "push_event_policy_json" {
  description = "IAM policy document for `pushEvent`, event groups and transactions: `PutItem` on the table."
  value       = local.policies.push_event
}

output "list_aggregate_ids_policy_json" {
  description = "IAM policy document for `listAggregateIds`: `Query` on the index, and not on the table."
  value       = local.policies.list_aggregate_ids
}
