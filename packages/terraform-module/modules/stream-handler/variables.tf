variable "name" {
  description = "Name of the policy, and the beginning of the names of the failure queue and the alarms. Unique in the account and region."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,71}$", var.name))
    error_message = "The name has 1 to 71 characters out of a-z, A-Z, 0-9, '_' and '-': a queue's name, which it begins, has 80."
  }
}

variable "stream_arn" {
  description = "ARN of the event table's stream: the event table module's `stream_arn`."
  type        = string
  # The event table module's output is null without a stream, which the validation explains.

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:[^:]+:[0-9]+:table/[^/]+/stream/.+$", var.stream_arn))
    error_message = "The ARN of a stream is 'arn:aws:dynamodb:<region>:<account>:table/<name>/stream/<label>': the event table needs stream_enabled = true."
  }
}

variable "function_name" {
  description = "Name of the function whose handler `createStreamHandler` made."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,64}$", var.function_name))
    error_message = "The name of a function has 1 to 64 characters out of a-z, A-Z, 0-9, '_' and '-'."
  }
}

variable "function_role_name" {
  description = "Name of the function's role, which gets the permissions below."
  type        = string
  nullable    = false

  # https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
  validation {
    condition     = can(regex("^[a-zA-Z0-9_+=,.@-]{1,64}$", var.function_role_name))
    error_message = "The role is given by its name, such as aws_iam_role.views.name, and not by its ARN."
  }
}

variable "projection_table_arn" {
  description = "ARN of the table that holds views and positions; null if they are elsewhere."
  type        = string
  default     = null

  validation {
    condition     = var.projection_table_arn == null || can(regex("^arn:[^:]+:dynamodb:[^:]+:[0-9]+:table/[^/]+$", var.projection_table_arn))
    error_message = "The ARN of a table is 'arn:aws:dynamodb:<region>:<account>:table/<name>'."
  }
}

variable "kms_key_arns" {
  description = "ARNs of the customer managed KMS keys of the event table and of the projection table, if they have any."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.kms_key_arns : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]+:key/.+$", arn))])
    error_message = "The ARN of a KMS key is 'arn:aws:kms:<region>:<account>:key/<id>'."
  }
}

variable "failure_queue" {
  description = "The standard SQS queue that gets a message about the records that Lambda gave up: its `arn`, and `kms_key_arn` if it has a customer managed KMS key. It is in the function's region and account. null makes one, encrypted with a key of SQS's, that keeps messages for 14 days."
  # An object, so that the plan knows that there is a queue whose ARN it does not know yet.
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.failure_queue == null ? true : can(regex("^arn:[^:]+:sqs:[^:]+:[0-9]+:[a-zA-Z0-9_-]{1,80}$", var.failure_queue.arn))
    error_message = "The ARN of a standard queue is 'arn:aws:sqs:<region>:<account>:<name>'. Lambda does not send to FIFO queues."
  }

  validation {
    condition     = try(var.failure_queue.kms_key_arn, null) == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]+:key/.+$", var.failure_queue.kms_key_arn))
    error_message = "The ARN of a KMS key is 'arn:aws:kms:<region>:<account>:key/<id>'."
  }
}

variable "starting_position" {
  description = "Position in the stream at which a new function begins: `TRIM_HORIZON`, with all that the stream still has, or `LATEST`, with what comes."
  type        = string
  default     = "TRIM_HORIZON"
  nullable    = false

  validation {
    condition     = contains(["TRIM_HORIZON", "LATEST"], var.starting_position)
    error_message = "The starting position is 'TRIM_HORIZON' or 'LATEST'."
  }
}

variable "batch_size" {
  description = "Maximum number of records in one invocation."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.batch_size >= 1 && var.batch_size <= 10000 && floor(var.batch_size) == var.batch_size
    error_message = "A batch has 1 to 10,000 records."
  }
}

variable "maximum_batching_window_in_seconds" {
  description = "How long Lambda waits for a batch to fill: fewer invocations, and later views."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = floor(var.maximum_batching_window_in_seconds) == var.maximum_batching_window_in_seconds && var.maximum_batching_window_in_seconds >= 0 && var.maximum_batching_window_in_seconds <= 300
    error_message = "The batching window has 0 to 300 whole seconds."
  }
}

variable "parallelization_factor" {
  description = "How many batches of a shard are handled at the same time. More than 1 keeps the order of each aggregate, since the handler does."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = contains(range(1, 11), var.parallelization_factor)
    error_message = "The parallelization factor is a whole number from 1 to 10."
  }
}

variable "bisect_batch_on_function_error" {
  description = "Halves a batch whose invocation fails as a whole before it is tried again. That finds the record that makes the function crash, and takes nothing from `maximum_retry_attempts`."
  type        = bool
  default     = true
  nullable    = false
}

variable "maximum_retry_attempts" {
  description = "How often Lambda tries a batch again that the function did not finish, before it goes to the failure queue; -1 for as long as the stream has it. The handler parks by itself what cannot be handled, so what is left to fail is the function as a whole."
  type        = number
  default     = -1
  nullable    = false

  validation {
    condition     = floor(var.maximum_retry_attempts) == var.maximum_retry_attempts && var.maximum_retry_attempts >= -1 && var.maximum_retry_attempts <= 10000
    error_message = "The retry attempts are 0 to 10,000, or -1 for as long as the stream has the records."
  }
}

variable "maximum_record_age_in_seconds" {
  description = "How old a record may be before it goes to the failure queue; -1 for the 24 hours that the stream has it."
  type        = number
  default     = -1
  nullable    = false

  validation {
    condition     = var.maximum_record_age_in_seconds == -1 || (floor(var.maximum_record_age_in_seconds) == var.maximum_record_age_in_seconds && var.maximum_record_age_in_seconds >= 60 && var.maximum_record_age_in_seconds <= 86400)
    error_message = "The record age is 60 to 86,400 whole seconds, or -1 for the 24 hours that the stream has a record."
  }
}

variable "iterator_age_alarm_seconds" {
  description = "Age of a batch's last record, when the function is done with it, from which the alarm goes off: up to 12 hours. A function that keeps up is seconds late; an hour leaves 23 hours to mend what is wrong."
  type        = number
  default     = 3600
  nullable    = false

  validation {
    condition     = floor(var.iterator_age_alarm_seconds) == var.iterator_age_alarm_seconds && var.iterator_age_alarm_seconds >= 1 && var.iterator_age_alarm_seconds <= 43200
    error_message = "The alarm goes off between 1 second and 12 hours (43,200 seconds): at 24 hours the stream forgets records."
  }
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

variable "tags" {
  description = "Tags of everything that can have them."
  type        = map(string)
  default     = {}
  nullable    = false

  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Tag.html
  validation {
    condition = length(var.tags) <= 50 && alltrue([
      for key, value in var.tags :
      length(key) >= 1 && length(key) <= 128 && !startswith(lower(key), "aws:") && (value == null ? true : length(value) <= 256)
    ])
    error_message = "Queue and alarms take up to 50 tags, with keys of 1 to 128 characters that do not begin with 'aws:', and values of up to 256 characters."
  }
}
