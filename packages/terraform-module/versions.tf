terraform {
  # Run with 1.11.4 only.
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # Run with 5.100.0 only; the README says what is known of others. 5.75.1 is the first release that can
      # switch a time to live off. 7 may drop the index's `hash_key`, which 6.29 deprecates in favour of a block that 5.x does
      # not know.
      version = ">= 5.75.1, < 7.0"
    }
  }
}
