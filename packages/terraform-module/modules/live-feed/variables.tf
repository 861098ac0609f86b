variable "name" {
  description = "Name of the API, and the beginning of the names of the policies."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,100}$", var.name))
    error_message = "The name has 1 to 100 characters out of a-z, A-Z, 0-9, '_' and '-'."
  }
}

variable "web_socket_function" {
  description = "Function that answers clients, the `handler` of `createFeedHandlers`: its `name`, `invoke_arn` and `role_name`."
  type        = object({ name = string, invoke_arn = string, role_name = string })
  nullable    = false
}

variable "stream_function_role_name" {
  description = "Name of the role of the function that sends events, for which the module `stream-handler` is used besides."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_+=,.@-]{1,64}$", var.stream_function_role_name))
    error_message = "The role is given by its name, such as aws_iam_role.feed.name, and not by its ARN."
  }
}

variable "feed_table_arn" {
  description = "ARN of the table of connections: one of the module `projection-table`, with `ttl_enabled = true`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:[^:]+:[0-9]+:table/[^/]+$", var.feed_table_arn))
    error_message = "The ARN of a table is 'arn:aws:dynamodb:<region>:<account>:table/<name>'."
  }
}

variable "event_table_arns" {
  description = "ARNs of the tables whose events are shown."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.event_table_arns) > 0 && alltrue([for arn in var.event_table_arns : can(regex("^arn:[^:]+:dynamodb:[^:]+:[0-9]+:table/[^/]+$", arn))])
    error_message = "There is at least one event table, and its ARN is 'arn:aws:dynamodb:<region>:<account>:table/<name>'."
  }
}

variable "kms_key_arns" {
  description = "ARNs of the customer managed KMS keys of these tables, if they have any."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "stage_name" {
  description = "Last part of the address."
  type        = string
  default     = "live"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,128}$", var.stage_name))
    error_message = "The name of a stage has 1 to 128 characters out of a-z, A-Z, 0-9, '_' and '-'."
  }
}

variable "tags" {
  description = "Tags of everything that can have them."
  type        = map(string)
  default     = {}
  nullable    = false
}
