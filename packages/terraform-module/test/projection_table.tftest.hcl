# The module projection-table: what it makes, and what it refuses.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name = "views"
}

run "name_alone" {
  command = plan

  module {
    source = "./modules/projection-table"
  }

  assert {
    condition = alltrue([
      aws_dynamodb_table.this.name == "views",
      aws_dynamodb_table.this.billing_mode == "PAY_PER_REQUEST",
      aws_dynamodb_table.this.hash_key == "pk",
      aws_dynamodb_table.this.range_key == "sk",
      length(aws_dynamodb_table.this.global_secondary_index) == 0,
    ])
    error_message = "The table is not an on-demand one with the keys pk and sk."
  }

  assert {
    condition = alltrue([
      aws_dynamodb_table.this.point_in_time_recovery[0].enabled,
      aws_dynamodb_table.this.deletion_protection_enabled,
      aws_dynamodb_table.this.server_side_encryption[0].enabled,
      !aws_dynamodb_table.this.ttl[0].enabled,
    ])
    error_message = "The table lacks point-in-time recovery, deletion protection or encryption with the AWS managed key, or lets items expire."
  }
}

run "every_option" {
  command = plan

  module {
    source = "./modules/projection-table"
  }

  variables {
    indexes = [
      { name = "byOwner", hash_key = { name = "owner", type = "S" }, range_key = { name = "total", type = "N" } },
      { name = "byTotal", hash_key = { name = "sk", type = "S" }, range_key = { name = "total", type = "N" }, projection_type = "INCLUDE", non_key_attributes = ["owner"] },
    ]
    point_in_time_recovery_enabled = false
    ttl_enabled                    = true
    deletion_protection_enabled    = false
    kms_key_arn                    = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    tags                           = { team = "orders" }
  }

  assert {
    condition = alltrue([
      !aws_dynamodb_table.this.point_in_time_recovery[0].enabled,
      aws_dynamodb_table.this.ttl[0].enabled && aws_dynamodb_table.this.ttl[0].attribute_name == "expiresAt",
      !aws_dynamodb_table.this.deletion_protection_enabled,
      aws_dynamodb_table.this.server_side_encryption[0].kms_key_arn == var.kms_key_arn,
      aws_dynamodb_table.this.tags == tomap({ team = "orders" }),
    ])
    error_message = "An option does nothing."
  }

  assert {
    condition = { for index in aws_dynamodb_table.this.global_secondary_index : index.name => join(" ", compact(concat([index.hash_key, index.range_key, index.projection_type], try(tolist(index.non_key_attributes), [])))) } == {
      byOwner = "owner total ALL"
      byTotal = "sk total INCLUDE owner"
    }
    error_message = "The indexes are not those that were asked for."
  }

  assert {
    condition = { for attribute in aws_dynamodb_table.this.attribute : attribute.name => attribute.type } == {
      pk = "S", sk = "S", owner = "S", total = "N"
    }
    error_message = "The attributes are not those of the keys."
  }
}

run "encrypted_by_dynamodb" {
  command = plan

  module {
    source = "./modules/projection-table"
  }

  variables {
    server_side_encryption_enabled = false
  }

  assert {
    condition     = !aws_dynamodb_table.this.server_side_encryption[0].enabled
    error_message = "The key that AWS owns cannot be chosen."
  }
}

run "key_of_another_region" {
  command = plan

  module {
    source = "./modules/projection-table"
  }

  variables {
    kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  expect_failures = [aws_dynamodb_table.this]
}

run "key_without_encryption" {
  command = plan

  module {
    source = "./modules/projection-table"
  }

  variables {
    server_side_encryption_enabled = false
    kms_key_arn                    = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  expect_failures = [aws_dynamodb_table.this]
}

run "what_dynamodb_refuses" {
  command = plan

  module {
    source = "./modules/projection-table"
  }

  variables {
    name        = "my views"
    indexes     = [{ name = "byOwner", hash_key = { name = "owner", type = "M" } }]
    kms_key_arn = "alias/views"
    tags        = { "AWS:team" = "orders" }

    subject_wrapping_key_arn         = "alias/subjects"
    former_subject_wrapping_key_arns = ["1234abcd-12ab-34cd-56ef-1234567890ab"]
  }

  expect_failures = [var.name, var.indexes, var.kms_key_arn, var.tags, var.subject_wrapping_key_arn, var.former_subject_wrapping_key_arns]
}

run "index_that_includes_nothing" {
  command = plan

  module {
    source = "./modules/projection-table"
  }

  variables {
    indexes = [{ name = "byOwner", hash_key = { name = "owner", type = "S" }, projection_type = "INCLUDE" }]
  }

  expect_failures = [var.indexes]
}

run "index_of_one_name_twice" {
  command = plan

  module {
    source = "./modules/projection-table"
  }

  variables {
    indexes = [
      { name = "byOwner", hash_key = { name = "owner", type = "S" } },
      { name = "byOwner", hash_key = { name = "total", type = "N" } },
    ]
  }

  expect_failures = [var.indexes]
}

run "index_of_one_attribute_twice" {
  command = plan

  module {
    source = "./modules/projection-table"
  }

  variables {
    indexes = [{ name = "byOwner", hash_key = { name = "owner", type = "S" }, range_key = { name = "owner", type = "S" } }]
  }

  expect_failures = [var.indexes]
}

run "index_that_includes_an_attribute_twice" {
  command = plan

  module {
    source = "./modules/projection-table"
  }

  variables {
    indexes = [{ name = "byOwner", hash_key = { name = "owner", type = "S" }, projection_type = "INCLUDE", non_key_attributes = ["total", "total"] }]
  }

  expect_failures = [var.indexes]
}

run "index_of_a_type_that_projections_do_not_write" {
  command = plan

  module {
    source = "./modules/projection-table"
  }

  variables {
    indexes = [{ name = "byRevision", hash_key = { name = "_revision", type = "N" } }]
  }

  expect_failures = [var.indexes]
}
