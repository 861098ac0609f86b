locals {
  # What `eventTableOperations` (packages/table) has for the projection table; the tests compare the two. A transaction
  # needs what its parts need:
  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
  projections = ["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"]
  grants = {
    projections         = local.projections
    get_view            = ["dynamodb:BatchGetItem"]
    list_parked         = ["dynamodb:Query"]
    retry_parked        = local.projections
    replay_events       = concat(local.projections, ["dynamodb:Query"])
    stream_poller       = concat(local.projections, ["dynamodb:Query"])
    delete_projection   = ["dynamodb:Scan", "dynamodb:BatchWriteItem"]
    run_once            = ["dynamodb:Query", "dynamodb:PutItem"]
    read_subject_keys   = ["dynamodb:Query"]
    write_subject_keys  = ["dynamodb:Query", "dynamodb:PutItem"]
    forget_subject      = ["dynamodb:PutItem"]
    rewrap_subject_keys = ["dynamodb:Scan", "dynamodb:PutItem"]
  }

  # Through DynamoDB only; the last * stands for China's `.cn`.
  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
  key_statements = var.kms_key_arn == null ? [] : [{
    Effect    = "Allow"
    Action    = ["kms:Decrypt"]
    Resource  = var.kms_key_arn
    Condition = { StringLike = { "kms:ViaService" = "dynamodb.${split(":", aws_dynamodb_table.this.arn)[3]}.amazonaws.com*" } }
  }]

  # What `subjectKeyOperations` (packages/table) says; the tests compare the two. Only for what `kmsWrapping` does: a key may
  # protect other things too.
  # https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
  on_wrapping_key = {
    read_subject_keys   = ["kms:Decrypt"]
    write_subject_keys  = ["kms:Decrypt", "kms:GenerateDataKey"]
    rewrap_subject_keys = ["kms:Decrypt", "kms:Encrypt"]
  }
  wrapping_statements = {
    for operation, actions in local.on_wrapping_key : operation => [
      for key in concat(
        [for arn in var.subject_wrapping_key_arn[*] : { arn = arn, actions = actions }],
        [for arn in var.former_subject_wrapping_key_arns : { arn = arn, actions = ["kms:Decrypt"] }],
        ) : {
        Effect    = "Allow"
        Action    = key.actions
        Resource  = key.arn
        Condition = { "ForAnyValue:StringEquals" = { "kms:EncryptionContextKeys" = "castore-dynamodb:subject" } }
      }
    ]
  }

  policies = {
    for operation, actions in local.grants : operation => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [{ Effect = "Allow", Action = actions, Resource = aws_dynamodb_table.this.arn }],
        local.key_statements,
        lookup(local.wrapping_statements, operation, []),
      )
    })
  }
}
