data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  # In every version of the provider; `name` is deprecated in 6.x, and `region` does not exist in 5.x.
  region = data.aws_region.current.id
  arn    = "arn:${data.aws_partition.current.partition}:s3:::${var.name}"
  count  = var.create ? 1 : 0
}

resource "aws_s3_bucket" "this" {
  count  = local.count
  bucket = var.name
  tags   = var.tags

  # Without force_destroy, S3 refuses to delete it as long as there is an object in it.
  lifecycle {
    precondition {
      condition     = var.kms_key_arn == null ? true : split(":", var.kms_key_arn)[3] == local.region
      error_message = "kms_key_arn is a key of another region than the bucket, which is in ${local.region}: ${coalesce(var.kms_key_arn, "none")}."
    }
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  count  = local.count
  bucket = aws_s3_bucket.this[0].id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  count  = local.count
  bucket = aws_s3_bucket.this[0].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  count  = local.count
  bucket = aws_s3_bucket.this[0].id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_versioning" "this" {
  count  = local.count
  bucket = aws_s3_bucket.this[0].id

  versioning_configuration {
    status = "Enabled"
  }
}

# No current object expires. No rule can tell those that lost their conflict from the others.
resource "aws_s3_bucket_lifecycle_configuration" "this" {
  count  = local.count
  bucket = aws_s3_bucket_versioning.this[0].bucket

  rule {
    id     = "expire-deleted-objects"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = var.noncurrent_version_expiration_days
    }

    expiration {
      expired_object_delete_marker = true
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  count  = local.count
  bucket = aws_s3_bucket.this[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Principal = { AWS = "*" }
      Action    = "s3:*"
      Resource  = [local.arn, "${local.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
