variable "name" {
  description = "Name of the table, unique in the account and region. Another name is another table: Terraform would replace it, which deletion protection prevents."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_.-]{3,255}$", var.name))
    error_message = "The name of a DynamoDB table has 3 to 255 characters out of a-z, A-Z, 0-9, '_', '-' and '.'."
  }
}

variable "indexes" {
  description = "The global secondary indexes that views are queried by: `name`, `hash_key` and `range_key` (each `{ name, type }`), `projection_type` (by default `ALL`) and, with `INCLUDE`, `non_key_attributes`."
  type = list(object({
    name               = string
    hash_key           = object({ name = string, type = string })
    range_key          = optional(object({ name = string, type = string }))
    projection_type    = optional(string, "ALL")
    non_key_attributes = optional(list(string))
  }))
  default  = []
  nullable = false

  validation {
    condition = alltrue([
      for index in var.indexes :
      can(regex("^[a-zA-Z0-9_.-]{3,255}$", index.name)) && contains(["ALL", "KEYS_ONLY", "INCLUDE"], index.projection_type) && (index.projection_type == "INCLUDE") == (index.non_key_attributes != null)
    ])
    error_message = "The name of an index has 3 to 255 characters out of a-z, A-Z, 0-9, '_', '-' and '.'. An index projects 'ALL', 'KEYS_ONLY', or 'INCLUDE' with its non_key_attributes."
  }

  validation {
    condition     = length(distinct(var.indexes[*].name)) == length(var.indexes)
    error_message = "No two indexes have the same name."
  }

  # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Projection.html
  validation {
    condition = alltrue([
      for index in var.indexes : index.non_key_attributes == null ? true :
      length(index.non_key_attributes) >= 1 && length(index.non_key_attributes) <= 20 && length(distinct(index.non_key_attributes)) == length(index.non_key_attributes)
    ])
    error_message = "The non_key_attributes of an index are 1 to 20 different names."
  }

  validation {
    condition     = alltrue([for index in var.indexes : try(index.range_key.name, null) != index.hash_key.name])
    error_message = "The hash_key and the range_key of an index are two attributes."
  }

  validation {
    condition = alltrue([
      for key in flatten([for index in var.indexes : [index.hash_key, index.range_key[*]]]) :
      contains(["S", "N", "B"], key.type) && (contains(["pk", "sk", "_revision", "value"], key.name) ? key.type == "S" : true)
      ]) && length(distinct(flatten([for index in var.indexes : [index.hash_key, index.range_key[*]]]))) == length(
      distinct(flatten([for index in var.indexes : [index.hash_key, index.range_key[*]]])[*].name)
    )
    error_message = "The type of a key is 'S', 'N' or 'B', the same one in all indexes. pk, sk, _revision and value are written as 'S'."
  }
}

variable "point_in_time_recovery_enabled" {
  description = "Continuous backups: the table can be restored as it was at any second of the last 35 days. Costs by the size of the table. Views can also be made anew from the events, by a replay."
  type        = bool
  default     = true
  nullable    = false
}

variable "ttl_enabled" {
  description = "DynamoDB deletes items some time after the moment in their attribute `expiresAt` (`N`, seconds since 1970): the results of `runOnce`, and any view that has such a number."
  type        = bool
  default     = false
  nullable    = false
}

variable "deletion_protection_enabled" {
  description = "DynamoDB refuses to delete the table, whoever asks, until this is off."
  type        = bool
  default     = true
  nullable    = false
}

variable "server_side_encryption_enabled" {
  description = "Encrypts with a KMS key of the account: the AWS managed key, or `kms_key_arn`. If off, DynamoDB encrypts with a key that AWS owns, at no cost and without a trail."
  type        = bool
  default     = true
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of a customer managed KMS key to encrypt with, instead of the AWS managed key; in the region of the table. The policy outputs then include `kms:Decrypt` on it, through DynamoDB only."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "The KMS key is given by the ARN of a key: 'arn:aws:kms:<region>:<account>:key/<id>'."
  }
}

variable "subject_wrapping_key_arn" {
  description = "ARN of the KMS key that `kmsWrapping` wraps subjects' keys with, if they lie in the table. The documents for subjects' keys then include what it takes on that key, for wrapping only."
  type        = string
  default     = null

  validation {
    condition     = var.subject_wrapping_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/.+$", var.subject_wrapping_key_arn))
    error_message = "The KMS key is given by the ARN of a key: 'arn:aws:kms:<region>:<account>:key/<id>'."
  }
}

variable "former_subject_wrapping_key_arns" {
  description = "ARNs of the KMS keys of `formerWrappings`, until `rewrap` has gone through all keys. The documents for subjects' keys then include `kms:Decrypt` on them."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.former_subject_wrapping_key_arns : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/.+$", arn))])
    error_message = "Each KMS key is given by the ARN of a key: 'arn:aws:kms:<region>:<account>:key/<id>'."
  }
}

variable "tags" {
  description = "Tags of the table."
  type        = map(string)
  default     = {}
  nullable    = false

  # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Tag.html
  validation {
    condition = length(var.tags) <= 50 && alltrue([
      for key, value in var.tags :
      length(key) >= 1 && length(key) <= 128 && !startswith(lower(key), "aws:") && (value == null ? true : length(value) <= 256)
    ])
    error_message = "DynamoDB takes up to 50 tags, with keys of 1 to 128 characters that do not begin with 'aws:', and values of up to 256 characters."
  }
}
