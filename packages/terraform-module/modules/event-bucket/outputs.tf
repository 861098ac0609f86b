output "name" {
  description = "Name of the bucket: `offload.bucketName` of `largeEvents`."
  value       = var.create ? aws_s3_bucket.this[0].bucket : var.name
}

output "arn" {
  description = "ARN of the bucket."
  value       = local.arn
}

output "prefix" {
  description = "Begins the key of every object: `offload.prefix` of `largeEvents`."
  value       = var.prefix
}

output "read_large_events_policy_json" {
  description = "IAM policy document for whatever reads events: `s3:GetObject` on the objects, and `s3:ListBucket` on the bucket. It comes besides the event table's documents."
  value       = local.policies.read_large_events
}

output "write_large_events_policy_json" {
  description = "IAM policy document for pushes: `s3:PutObject` on the objects. It comes besides the event table's documents."
  value       = local.policies.write_large_events
}
