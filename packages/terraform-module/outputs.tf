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
  description = "ARN of the table's stream; null if it has none."
  value       = local.stream_enabled ? aws_dynamodb_table.this.stream_arn : null
}

output "get_events_policy_json" {
  description = "IAM policy document for `getEvents`, `streamEvents` and `getAggregate`: `Query` on the table."
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

output "check_unchanged_policy_json" {
  description = "IAM policy document for `unchanged`, in a transaction that depends on an aggregate of this table: `ConditionCheckItem` on the table."
  value       = local.policies.check_unchanged
}

output "read_all_events_policy_json" {
  description = "IAM policy document for `readAllEvents`: `Query` on the table and on the index."
  value       = local.policies.read_all_events
}

output "sort_all_events_policy_json" {
  description = "IAM policy document for `readAllEvents` with `sortOnDisk`, and for the Scan of `snapshots.build`: `Scan` and `Query` on the table."
  value       = local.policies.sort_all_events
}

output "replay_events_policy_json" {
  description = "IAM policy document for `replayEvents`: `Scan`, `Query` and `DescribeTable` on the table. It needs the projection table's document too."
  value       = local.policies.replay_events
}

output "stream_poller_policy_json" {
  description = "IAM policy document for a `StreamPoller`: `DescribeTable` and `Query` on the table, `DescribeStream`, `GetRecords` and `GetShardIterator` on its streams. It needs the projection table's document too."
  value       = local.policies.stream_poller
}

output "describe_event_table_policy_json" {
  description = "IAM policy document for `describeEventTable`: `DescribeTable` on the table."
  value       = local.policies.describe_event_table
}

output "read_snapshots_policy_json" {
  description = "IAM policy document for loads with snapshots that this table holds: `Query` on the table. They need `get_events_policy_json` of the events' table too."
  value       = local.policies.read_snapshots
}

output "write_snapshots_policy_json" {
  description = "IAM policy document for the snapshots that loads and pushes write into this table: `PutItem` on the table."
  value       = local.policies.write_snapshots
}

output "delete_snapshots_policy_json" {
  description = "IAM policy document for snapshots' retention by number, pushes with `force` and `snapshots.deleteOf`, for snapshots that this table holds: `Query` and `DeleteItem` on the table."
  value       = local.policies.delete_snapshots
}

output "maintain_snapshots_policy_json" {
  description = "IAM policy document for `snapshots.build` and `snapshots.deleteOutdated`, for snapshots that this table holds: `Query`, `PutItem` and `DeleteItem` on the table. They need `get_events_policy_json` and `list_aggregate_ids_policy_json` of the events' table too; `snapshots.build` with `scan`, `sort_all_events_policy_json` instead."
  value       = local.policies.maintain_snapshots
}

output "redact_events_policy_json" {
  description = "IAM policy document for `redactEvent`, `eraseAggregate` and `redactionsOf`: `Query` and `PutItem` on the table. The first two need `delete_snapshots_policy_json` of the snapshots' table too."
  value       = local.policies.redact_events
}

output "delete_aggregate_policy_json" {
  description = "IAM policy document for `deleteAggregate`: `Query`, `DeleteItem` and `ConditionCheckItem` on the table. It needs `delete_snapshots_policy_json` of the snapshots' table too, if that is another one."
  value       = local.policies.delete_aggregate
}

output "delete_event_store_policy_json" {
  description = "IAM policy document for `deleteEventStore`: `Scan`, `Query`, `DeleteItem` and `ConditionCheckItem` on the table, `Query` on the index. It needs `delete_snapshots_policy_json` of the snapshots' table too, if that is another one."
  value       = local.policies.delete_event_store
}
