locals {
  # What `largeEventOperations` (packages/table) says; the tests compare the two.
  on_objects = {
    read_large_events  = ["s3:GetObject"]
    write_large_events = ["s3:PutObject"]
  }
  on_bucket = {
    read_large_events = ["s3:ListBucket"]
  }

  # Through S3 only; the last * stands for China's `.cn`.
  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
  on_key = {
    read_large_events  = ["kms:Decrypt"]
    write_large_events = ["kms:GenerateDataKey"]
  }

  policies = {
    for operation, actions in local.on_objects : operation => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [{ Effect = "Allow", Action = actions, Resource = "${local.arn}/${var.prefix}*" }],
        [for on_bucket in [lookup(local.on_bucket, operation, [])] : { Effect = "Allow", Action = on_bucket, Resource = local.arn } if length(on_bucket) > 0],
        [
          for key in var.kms_key_arn[*] : {
            Effect    = "Allow"
            Action    = local.on_key[operation]
            Resource  = key
            Condition = { StringLike = { "kms:ViaService" = "s3.${local.region}.amazonaws.com*" } }
          }
        ],
      )
    })
  }
}
