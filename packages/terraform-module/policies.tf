locals {
  index_arn = "${aws_dynamodb_table.this.arn}/index/${local.index_name}"

  # The parts of `eventTableOperations` (packages/table) that concern this table; the tests compare the two. A transaction
  # needs what its parts need:
  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
  on_table = {
    get_events           = ["dynamodb:Query"]
    push_event           = ["dynamodb:PutItem"]
    check_unchanged      = ["dynamodb:ConditionCheckItem"]
    read_all_events      = ["dynamodb:Query"]
    sort_all_events      = ["dynamodb:Scan", "dynamodb:Query"]
    replay_events        = ["dynamodb:Scan", "dynamodb:Query", "dynamodb:DescribeTable"]
    stream_poller        = ["dynamodb:DescribeTable", "dynamodb:Query"]
    describe_event_table = ["dynamodb:DescribeTable"]
    read_snapshots       = ["dynamodb:Query"]
    write_snapshots      = ["dynamodb:PutItem"]
    delete_snapshots     = ["dynamodb:Query", "dynamodb:DeleteItem"]
    maintain_snapshots   = ["dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"]
    redact_events        = ["dynamodb:Query", "dynamodb:PutItem"]
    delete_aggregate     = ["dynamodb:Query", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"]
    delete_event_store   = ["dynamodb:Scan", "dynamodb:Query", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"]
  }
  on_index = {
    list_aggregate_ids = ["dynamodb:Query"]
    read_all_events    = ["dynamodb:Query"]
    delete_event_store = ["dynamodb:Query"]
  }
  # A table has a new stream each time its stream is switched on.
  on_streams = {
    stream_poller = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
  }

  # DynamoDB has the table's own key decrypted in the caller's name, for reads and writes alike; it needs no more of the
  # customer managed key. The last * stands for China's `.cn`.
  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
  key_statements = var.kms_key_arn == null ? [] : [{
    Effect    = "Allow"
    Action    = ["kms:Decrypt"]
    Resource  = var.kms_key_arn
    Condition = { StringLike = { "kms:ViaService" = "dynamodb.${split(":", aws_dynamodb_table.this.arn)[3]}.amazonaws.com*" } }
  }]

  policies = {
    for operation in distinct(concat(keys(local.on_table), keys(local.on_index), keys(local.on_streams))) :
    operation => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [
          for grant in [
            { Action = lookup(local.on_table, operation, []), Resource = aws_dynamodb_table.this.arn },
            { Action = lookup(local.on_index, operation, []), Resource = local.index_arn },
            { Action = lookup(local.on_streams, operation, []), Resource = "${aws_dynamodb_table.this.arn}/stream/*" },
          ] : merge({ Effect = "Allow" }, grant) if length(grant.Action) > 0
        ],
        local.key_statements,
      )
    })
  }
}
