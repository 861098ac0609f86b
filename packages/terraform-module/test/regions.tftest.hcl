# Replicas and keys that cannot be deployed are refused before or in a plan.

mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }
}

variables {
  name = "events"
}

run "key_by_its_alias" {
  command = plan

  variables {
    kms_key_arn = "alias/events"
  }

  expect_failures = [var.kms_key_arn]
}

run "key_without_encryption" {
  command = plan

  variables {
    server_side_encryption_enabled = false
    kms_key_arn                    = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  expect_failures = [aws_dynamodb_table.this]
}

run "key_of_another_region" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  expect_failures = [aws_dynamodb_table.this]
}

run "two_replicas_in_one_region" {
  command = plan

  variables {
    replicas = [{ region_name = "eu-central-1" }, { region_name = "eu-central-1" }]
  }

  expect_failures = [var.replicas]
}

run "replica_of_provisioned_capacity" {
  command = plan

  variables {
    billing_mode = "PROVISIONED"
    replicas     = [{ region_name = "eu-central-1" }]
  }

  expect_failures = [aws_dynamodb_table.this]
}

run "replica_without_a_key_of_its_region" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    replicas    = [{ region_name = "eu-central-1" }]
  }

  expect_failures = [aws_dynamodb_table.this]
}

run "replica_in_the_tables_own_region" {
  command = plan

  variables {
    replicas = [{ region_name = "eu-west-1" }]
  }

  expect_failures = [aws_dynamodb_table.this]
}

run "replica_with_the_key_of_another_region" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    replicas    = [{ region_name = "eu-central-1", kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" }]
  }

  expect_failures = [var.replicas]
}

run "replica_with_a_key_by_its_alias" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    replicas    = [{ region_name = "eu-central-1", kms_key_arn = "alias/events" }]
  }

  expect_failures = [var.replicas]
}

run "replica_of_strong_consistency" {
  command = plan

  variables {
    replicas = [{ region_name = "eu-central-1", consistency_mode = "STRONG" }]
  }

  expect_failures = [var.replicas]
}

run "keys_of_their_own_regions" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    replicas    = [{ region_name = "eu-central-1", kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" }]
  }

  assert {
    condition     = one(aws_dynamodb_table.this.replica).kms_key_arn == "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    error_message = "The replica does not have its own region's key."
  }
}

run "replica_in_what_is_no_region" {
  command = plan

  variables {
    replicas = [{ region_name = "eu-central" }]
  }

  expect_failures = [var.replicas]
}
