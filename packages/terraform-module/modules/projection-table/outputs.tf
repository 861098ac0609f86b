output "name" {
  description = "Name of the table: the `tableName` of projections and checkpoint stores."
  value       = aws_dynamodb_table.this.name
}

output "arn" {
  description = "ARN of the table: the `projection_table_arn` of the module stream-handler."
  value       = aws_dynamodb_table.this.arn
}

output "projections_policy_json" {
  description = "IAM policy document for what projections do in a stream handler, a poller or a replay: `BatchGetItem`, `PutItem` and `DeleteItem` on the table."
  value       = local.policies.projections
}

output "get_view_policy_json" {
  description = "IAM policy document for `getView`: `BatchGetItem` on the table."
  value       = local.policies.get_view
}

output "list_parked_policy_json" {
  description = "IAM policy document for `listParked`: `Query` on the table."
  value       = local.policies.list_parked
}

output "retry_parked_policy_json" {
  description = "IAM policy document for `retryParked`: `BatchGetItem`, `PutItem` and `DeleteItem` on the table. It needs `get_events_policy_json` of the event table too."
  value       = local.policies.retry_parked
}

output "replay_events_policy_json" {
  description = "IAM policy document for `replayEvents`, its projections included: `BatchGetItem`, `PutItem`, `DeleteItem` and `Query` on the table. It needs the event table's document too."
  value       = local.policies.replay_events
}

output "stream_poller_policy_json" {
  description = "IAM policy document for a `StreamPoller`, its projections included: `BatchGetItem`, `PutItem`, `DeleteItem` and `Query` on the table. It needs the event table's document too."
  value       = local.policies.stream_poller
}

output "delete_projection_policy_json" {
  description = "IAM policy document for `deleteProjection`: `Scan` and `BatchWriteItem` on the table."
  value       = local.policies.delete_projection
}

output "run_once_policy_json" {
  description = "IAM policy document for `runOnce`, which keeps its results in the table: `Query` and `PutItem` on the table. Its command needs the event table's documents too."
  value       = local.policies.run_once
}

output "read_subject_keys_policy_json" {
  description = "IAM policy document for reads of an adapter with `encryption`, whose keys lie in the table, and for `isForgotten`: `Query` on the table, and `kms:Decrypt` on `subject_wrapping_key_arn`."
  value       = local.policies.read_subject_keys
}

output "write_subject_keys_policy_json" {
  description = "IAM policy document for pushes and reads of an adapter with `encryption`: `Query` and `PutItem` on the table, and `kms:Decrypt` and `kms:GenerateDataKey` on `subject_wrapping_key_arn`."
  value       = local.policies.write_subject_keys
}

output "forget_subject_policy_json" {
  description = "IAM policy document for `forget`: `PutItem` on the table."
  value       = local.policies.forget_subject
}

output "rewrap_subject_keys_policy_json" {
  description = "IAM policy document for `rewrap`: `Scan` and `PutItem` on the table, and `kms:Decrypt` and `kms:Encrypt` on `subject_wrapping_key_arn`."
  value       = local.policies.rewrap_subject_keys
}
