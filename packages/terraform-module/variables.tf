variable "name" {
  description = "Name of the table, unique in the account and region. Another name is another table: Terraform would replace it, which deletion protection prevents."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_.-]{3,255}$", var.name))
    error_message = "The name of a DynamoDB table has 3 to 255 characters out of a-z, A-Z, 0-9, '_', '-' and '.'."
  }
}

variable "layout" {
  description = "How events are stored: `single-table` holds any number of event stores (`DynamoDbSingleTableEventStorageAdapter`), `table-per-store` holds one (`DynamoDbEventStorageAdapter`). Cannot be changed afterwards."
  type        = string
  default     = "single-table"
  nullable    = false

  validation {
    condition     = contains(["single-table", "table-per-store"], var.layout)
    error_message = "The layout is 'single-table' or 'table-per-store'."
  }
}

variable "point_in_time_recovery_enabled" {
  description = "Continuous backups: the table can be restored as it was at any second of the last 35 days. Costs by the size of the table."
  type        = bool
  default     = true
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

variable "stream_enabled" {
  description = "A stream of new images, which projections and message publishers read. With `replicas` there is always one, of new and old images."
  type        = bool
  default     = false
  nullable    = false
}

variable "contributor_insights_enabled" {
  description = "CloudWatch Contributor Insights for table and index: which keys are hot or throttled. Costs by event, and shows keys in clear text in CloudWatch."
  type        = bool
  default     = false
  nullable    = false
}

variable "ttl_enabled" {
  description = "DynamoDB deletes items some time after the moment in `ttl_attribute_name`. To switch it off, set this to false and leave the name."
  type        = bool
  default     = false
  nullable    = false
}

variable "ttl_attribute_name" {
  description = "Attribute that holds an item's time to live, in seconds since 1970. Events themselves never have one, unless something else writes it."
  type        = string
  default     = null

  validation {
    condition = var.ttl_attribute_name == null ? true : !contains(
      ["aggregateId", "version", "timestamp", "type", "payload", "metadata", "pushId", "encoding", "schemaVersion", "redactions", "isInitialEvent", "eventStoreId"],
      var.ttl_attribute_name
    )
    error_message = "Events use this attribute: DynamoDB would take it for the time at which to delete them."
  }

  # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TimeToLiveSpecification.html
  validation {
    condition     = var.ttl_attribute_name == null ? true : length(var.ttl_attribute_name) >= 1 && length(var.ttl_attribute_name) <= 255
    error_message = "The name of an attribute has 1 to 255 characters. Leave ttl_attribute_name out for none."
  }
}

variable "replicas" {
  description = "The other regions that hold a copy of the table, each by its `region_name` and, if the table has a `kms_key_arn`, by the `kms_key_arn` of a key in that region. Another key replaces the replica. Write in one region at a time. Only with `PAY_PER_REQUEST`."
  type = list(object({
    region_name      = string
    kms_key_arn      = optional(string)
    consistency_mode = optional(string, "EVENTUAL")
  }))
  default  = []
  nullable = false

  validation {
    condition     = alltrue([for replica in var.replicas : can(regex("^[a-z]{2,}(-[a-z]+)+-[0-9]+$", replica.region_name))])
    error_message = "The region_name of a replica is the name of a region, such as 'eu-central-1'."
  }

  validation {
    condition     = length(distinct(var.replicas[*].region_name)) == length(var.replicas)
    error_message = "A region holds one replica at most."
  }

  validation {
    condition = alltrue([
      for replica in var.replicas : replica.kms_key_arn == null ? true :
      can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/.+$", replica.kms_key_arn)) && try(split(":", replica.kms_key_arn)[3], "") == replica.region_name
    ])
    error_message = "The kms_key_arn of a replica is the ARN of a key in the replica's own region: 'arn:aws:kms:<region_name>:<account>:key/<id>'."
  }

  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
  validation {
    condition     = alltrue([for replica in var.replicas : replica.consistency_mode == "EVENTUAL"])
    error_message = "The consistency_mode of a replica is 'EVENTUAL': a global table of strong consistency takes no transactions, which event groups are."
  }
}

variable "tags" {
  description = "Tags of the table and everything else that can have them."
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

variable "alarms_enabled" {
  description = "CloudWatch alarms for throttled requests on table and index, errors of DynamoDB itself, and a replica that lags behind."
  type        = bool
  default     = false
  nullable    = false
}

variable "alarm_actions" {
  description = "ARNs that are notified when an alarm goes off, and when it is over: an SNS topic, for instance."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.alarm_actions : can(regex("^arn:[^:]+:[^:]+:", arn))])
    error_message = "What is notified is given by its ARN: 'arn:aws:sns:<region>:<account>:<topic>'."
  }

  validation {
    condition     = length(var.alarm_actions) <= 5
    error_message = "An alarm has 5 actions at most."
  }
}
