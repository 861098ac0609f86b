# Every option at work, in two tables: an on-demand global table, and a provisioned one for a single event store.

provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "aws_kms_key" "events" {
  description         = "Events"
  enable_key_rotation = true
}

resource "aws_kms_key" "events_in_frankfurt" {
  provider = aws.frankfurt

  description         = "Events"
  enable_key_rotation = true
}

resource "aws_sns_topic" "alarms" {
  name = "event-alarms"
}

module "events" {
  source = "../../"

  name        = "complete-events"
  layout      = "single-table"
  kms_key_arn = aws_kms_key.events.arn

  billing_mode      = "PAY_PER_REQUEST"
  on_demand_maximum = { read_request_units = 4000, write_request_units = 1000 }

  replicas = [{ region_name = "eu-central-1", kms_key_arn = aws_kms_key.events_in_frankfurt.arn }]

  point_in_time_recovery_enabled = true
  deletion_protection_enabled    = true
  stream_enabled                 = true

  alarms_enabled = true
  alarm_actions  = [aws_sns_topic.alarms.arn]

  tags = { team = "orders" }
}

module "audit_events" {
  source = "../../"

  name   = "complete-audit-events"
  layout = "table-per-store"

  billing_mode = "PROVISIONED"
  autoscaling = {
    table_read  = { min = 5, max = 500 }
    table_write = { min = 5, max = 200, target = 60 }
    index_read  = { max = 50 }
  }

  additional_indexes = [{
    name            = "byType"
    hash_key        = { name = "type", type = "S" }
    range_key       = { name = "timestamp", type = "S" }
    projection_type = "KEYS_ONLY"
  }]

  server_side_encryption_enabled = false
  contributor_insights_enabled   = true
  table_class                    = "STANDARD_INFREQUENT_ACCESS"

  ttl_enabled        = true
  ttl_attribute_name = "expiresAt"
}

# A reader of both tables: the documents of several operations merge into one.
data "aws_iam_policy_document" "reader" {
  source_policy_documents = [
    module.events.get_events_policy_json,
    module.events.list_aggregate_ids_policy_json,
    module.audit_events.get_events_policy_json,
  ]
}

output "reader_policy_json" {
  description = "IAM policy document of a role that reads events."
  value       = data.aws_iam_policy_document.reader.json
}
