terraform {
  # Run with 1.11.4 only.
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # Run with 5.100.0 only; the README says what is known of others.
      version = ">= 5.75.1, < 7.0"
    }
  }
}
