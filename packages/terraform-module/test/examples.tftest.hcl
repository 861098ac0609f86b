# The examples are whole configurations: they plan as they stand, without an account.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

run "basic" {
  command = plan

  module {
    source = "./examples/basic"
  }
}

run "stream_handler" {
  command = plan

  module {
    source = "./examples/stream-handler"
  }

  # Without an account, nobody can be asked for it.
  override_data {
    target = module.views_handler.data.aws_caller_identity.current
    values = { account_id = "111122223333" }
  }
}
