# The module event-bucket: what it refuses. What it makes is compared with the CDK construct, in test/oneBucket.test.ts.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name = "large-events"
}

run "bucket_that_exists" {
  command = plan

  module {
    source = "./modules/event-bucket"
  }

  variables {
    create = false
    prefix = ""
  }

  assert {
    condition     = length(aws_s3_bucket.this) == 0 && length(aws_s3_bucket_policy.this) == 0 && length(aws_s3_bucket_lifecycle_configuration.this) == 0
    error_message = "Something of a bucket that exists is changed."
  }

  assert {
    condition     = output.arn == "arn:aws:s3:::large-events" && jsondecode(output.write_large_events_policy_json).Statement[0].Resource == "arn:aws:s3:::large-events/*"
    error_message = "The documents are not for the bucket that was named."
  }
}

run "key_of_another_region" {
  command = plan

  module {
    source = "./modules/event-bucket"
  }

  variables {
    kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  expect_failures = [aws_s3_bucket.this]
}

run "what_makes_no_sense" {
  command = plan

  module {
    source = "./modules/event-bucket"
  }

  variables {
    name                               = "Large_Events"
    prefix                             = "events/*"
    kms_key_arn                        = "alias/events"
    noncurrent_version_expiration_days = 0
  }

  expect_failures = [var.name, var.prefix, var.kms_key_arn, var.noncurrent_version_expiration_days]
}
