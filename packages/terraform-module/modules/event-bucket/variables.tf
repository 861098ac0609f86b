variable "name" {
  description = "Name of the bucket, unique in all of AWS: `offload.bucketName` of `largeEvents`. Another name is another bucket."
  type        = string
  nullable    = false

  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.name))
    error_message = "The name of a bucket has 3 to 63 lower-case letters, digits, '-' and '.'."
  }
}

variable "create" {
  description = "Whether to create the bucket. If not, there is one of that name, and only the policy documents are made: look after it as this module does, and let no current object below the prefix expire."
  type        = bool
  default     = true
  nullable    = false
}

variable "prefix" {
  description = "Begins the key of every object: `offload.prefix` of `largeEvents`. The policy documents are for the objects that begin so."
  type        = string
  default     = "events/"
  nullable    = false

  validation {
    condition     = can(regex("^[^*?$]{0,960}$", var.prefix))
    error_message = "The prefix has up to 960 characters, and no '*', '?' or '$', which would stand for others in a policy."
  }
}

variable "kms_key_arn" {
  description = "ARN of a customer managed KMS key that encrypts the objects, instead of S3's own keys. The policy outputs then include what they need of it, through S3 only."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "The KMS key is given by the ARN of a key: 'arn:aws:kms:<region>:<account>:key/<id>'."
  }
}

variable "noncurrent_version_expiration_days" {
  description = "How long an object that was deleted can be restored: at least for as long as the table can be restored to a point in time."
  type        = number
  default     = 35
  nullable    = false

  validation {
    condition     = var.noncurrent_version_expiration_days >= 1 && var.noncurrent_version_expiration_days <= 36500 && floor(var.noncurrent_version_expiration_days) == var.noncurrent_version_expiration_days
    error_message = "The days are a whole number from 1 to 36500."
  }
}

variable "tags" {
  description = "Tags of the bucket."
  type        = map(string)
  default     = {}
  nullable    = false
}
