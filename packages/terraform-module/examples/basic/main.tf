# The least that a production table needs, and a role that may do everything an adapter does.

provider "aws" {
  region = "eu-west-1"
}

module "events" {
  source = "../../"

  name = "basic-events"
}

resource "aws_iam_role" "service" {
  name = "basic-events-service"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "service" {
  for_each = {
    get-events         = module.events.get_events_policy_json
    push-event         = module.events.push_event_policy_json
    list-aggregate-ids = module.events.list_aggregate_ids_policy_json
  }

  name   = each.key
  role   = aws_iam_role.service.id
  policy = each.value
}

output "table_name" {
  description = "What the adapter's `tableName` is set to."
  value       = module.events.name
}
