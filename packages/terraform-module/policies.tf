locals {
  index_arn = "${aws_dynamodb_table.this.arn}/index/${local.index_name}"

  # What each operation of an adapter sends. A Put in a transaction is governed by the permission for PutItem:
  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
  grants = {
    get_events         = { Effect = "Allow", Action = "dynamodb:Query", Resource = aws_dynamodb_table.this.arn }
    push_event         = { Effect = "Allow", Action = "dynamodb:PutItem", Resource = aws_dynamodb_table.this.arn }
    list_aggregate_ids = { Effect = "Allow", Action = "dynamodb:Query", Resource = local.index_arn }
  }

  # DynamoDB has the table's own key decrypted in the caller's name, for reads and writes alike; it needs no more of the
  # customer managed key. The last * stands for China's `.cn`.
  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
  key_grants = var.kms_key_arn == null ? [] : [{
    Effect    = "Allow"
    Action    = "kms:Decrypt"
    Resource  = var.kms_key_arn
    Condition = { StringLike = { "kms:ViaService" = "dynamodb.${split(":", aws_dynamodb_table.this.arn)[3]}.amazonaws.com*" } }
  }]

  policies = {
    for operation, grant in local.grants :
    operation => jsonencode({ Version = "2012-10-17", Statement = concat([grant], local.key_grants) })
  }
}
