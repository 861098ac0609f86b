# The IAM policy documents, which are known once the table is there; what DynamoDB answers is made up.

mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }

  mock_resource "aws_dynamodb_table" {
    defaults = {
      arn        = "arn:aws:dynamodb:eu-west-1:111122223333:table/events"
      stream_arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/events/stream/2026-01-01T00:00:00.000"
    }
  }
}

variables {
  name = "events"
}

run "one_operation_each" {
  variables {
    stream_enabled = true
  }

  # What each of the others allows is compared with the adapters' own list by the tests on engines.
  assert {
    condition = jsondecode(output.stream_poller_policy_json) == {
      Version = "2012-10-17"
      Statement = [
        { Effect = "Allow", Action = ["dynamodb:DescribeTable", "dynamodb:Query"], Resource = "arn:aws:dynamodb:eu-west-1:111122223333:table/events" },
        { Effect = "Allow", Action = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], Resource = "arn:aws:dynamodb:eu-west-1:111122223333:table/events/stream/*" },
      ]
    }
    error_message = "A poller reads the table's streams, and looks up events in the table."
  }

  assert {
    condition = jsondecode(output.list_aggregate_ids_policy_json) == {
      Version   = "2012-10-17"
      Statement = [{ Effect = "Allow", Action = ["dynamodb:Query"], Resource = "arn:aws:dynamodb:eu-west-1:111122223333:table/events/index/initialEvents" }]
    }
    error_message = "listAggregateIds needs Query on the index, and nothing else."
  }

  assert {
    condition     = output.index_arn == "${output.arn}/index/initialEvents" && startswith(output.stream_arn, "${output.arn}/stream/")
    error_message = "The ARNs of index and stream are not those of the table's."
  }
}

run "with_a_customer_managed_key" {
  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition = alltrue([
      for policy in [output.get_events_policy_json, output.push_event_policy_json, output.list_aggregate_ids_policy_json, output.stream_poller_policy_json] :
      [for statement in jsondecode(policy).Statement : statement if statement.Resource == var.kms_key_arn] == [{
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        Condition = { StringLike = { "kms:ViaService" = "dynamodb.eu-west-1.amazonaws.com*" } }
      }]
    ])
    error_message = "A policy does not allow Decrypt with the key, or allows more, or not through DynamoDB only."
  }
}
