data "aws_region" "current" {}

locals {
  # In every version of the provider; `name` is deprecated in 6.x, and `region` does not exist in 5.x.
  region = data.aws_region.current.id

  # The names that projections use. They are part of the data: changing one makes another table.
  partition_key = { name = "pk", type = "S" }
  sort_key      = { name = "sk", type = "S" }

  # Of the results of runOnce.
  expires_at_name = "expiresAt"

  attributes = merge(
    { for key in distinct(flatten([for index in var.indexes : [index.hash_key, index.range_key[*]]])) : key.name => key.type },
    { for key in [local.partition_key, local.sort_key] : key.name => key.type },
  )
}

resource "aws_dynamodb_table" "this" {
  name         = var.name
  billing_mode = "PAY_PER_REQUEST"

  hash_key  = local.partition_key.name
  range_key = local.sort_key.name

  deletion_protection_enabled = var.deletion_protection_enabled

  dynamic "attribute" {
    for_each = local.attributes

    content {
      name = attribute.key
      type = attribute.value
    }
  }

  dynamic "global_secondary_index" {
    for_each = { for index in var.indexes : index.name => index }

    content {
      name               = global_secondary_index.key
      hash_key           = global_secondary_index.value.hash_key.name
      range_key          = one(global_secondary_index.value.range_key[*].name)
      projection_type    = global_secondary_index.value.projection_type
      non_key_attributes = global_secondary_index.value.non_key_attributes
    }
  }

  point_in_time_recovery {
    enabled = var.point_in_time_recovery_enabled
  }

  ttl {
    enabled        = var.ttl_enabled
    attribute_name = local.expires_at_name
  }

  server_side_encryption {
    enabled     = var.server_side_encryption_enabled
    kms_key_arn = var.kms_key_arn
  }

  tags = var.tags

  lifecycle {
    precondition {
      condition     = var.kms_key_arn == null || var.server_side_encryption_enabled
      error_message = "kms_key_arn needs server_side_encryption_enabled = true."
    }

    precondition {
      condition     = var.kms_key_arn == null ? true : split(":", var.kms_key_arn)[3] == local.region
      error_message = "kms_key_arn is a key of another region than the table, which is in ${local.region}: ${coalesce(var.kms_key_arn, "none")}."
    }
  }
}
