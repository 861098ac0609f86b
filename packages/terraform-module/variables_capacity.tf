variable "billing_mode" {
  description = "`PAY_PER_REQUEST` (on-demand) or `PROVISIONED`, which scales table and index by `autoscaling`. Switching keeps the table and its data."
  type        = string
  default     = "PAY_PER_REQUEST"
  nullable    = false

  validation {
    condition     = contains(["PAY_PER_REQUEST", "PROVISIONED"], var.billing_mode)
    error_message = "The billing mode is 'PAY_PER_REQUEST' or 'PROVISIONED'."
  }
}

variable "on_demand_maximum" {
  description = "The most request units a second that table and index each take before DynamoDB throttles (`read_request_units`, `write_request_units`), on a best-effort basis. Only with `PAY_PER_REQUEST`. -1 takes a maximum away again."
  type = object({
    read_request_units  = optional(number)
    write_request_units = optional(number)
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for units in values(var.on_demand_maximum) :
      units == null ? true : floor(units) == units && (units >= 1 || units == -1)
    ])
    error_message = "A maximum is a whole number of request units from 1, or -1 for none."
  }
}

variable "autoscaling" {
  description = "Capacity units between which table and index scale (`min`, by default 1, and `max`, 100), and the utilisation in percent that scaling aims at (`target`, 70): for `table_read`, `table_write`, `index_read` and `index_write`. The index scales as the table does unless it has ranges of its own. Only `PROVISIONED` makes use of it."
  type = object({
    table_read  = optional(object({ min = optional(number, 1), max = optional(number, 100), target = optional(number, 70) }), {})
    table_write = optional(object({ min = optional(number, 1), max = optional(number, 100), target = optional(number, 70) }), {})
    index_read  = optional(object({ min = optional(number, 1), max = optional(number, 100), target = optional(number, 70) }))
    index_write = optional(object({ min = optional(number, 1), max = optional(number, 100), target = optional(number, 70) }))
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for range in values(var.autoscaling) : range == null ? true :
      floor(range.min) == range.min && floor(range.max) == range.max && range.min >= 1 && range.max >= range.min
    ])
    error_message = "Each range has whole numbers of capacity units: min from 1, max not below min."
  }

  validation {
    condition     = alltrue([for range in values(var.autoscaling) : range == null ? true : range.target >= 20 && range.target <= 90])
    error_message = "DynamoDB's target utilisation is between 20 and 90 percent."
  }
}

variable "table_class" {
  description = "`STANDARD`, or `STANDARD_INFREQUENT_ACCESS`: cheaper storage, dearer requests."
  type        = string
  default     = "STANDARD"
  nullable    = false

  validation {
    condition     = contains(["STANDARD", "STANDARD_INFREQUENT_ACCESS"], var.table_class)
    error_message = "The table class is 'STANDARD' or 'STANDARD_INFREQUENT_ACCESS'."
  }
}

variable "additional_indexes" {
  description = "Further global secondary indexes of a new table: `name`, `hash_key` and `range_key` (each `{ name, type }`), `projection_type` (by default `ALL`) and, with `INCLUDE`, `non_key_attributes`. Each costs writes and storage. Terraform makes them together with the table; for a table that exists, the plan prints the command that adds one."
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
    condition = alltrue([for index in var.additional_indexes : can(regex("^[a-zA-Z0-9_.-]{3,255}$", index.name))]) && length(
      distinct(concat(["initialEvents"], var.additional_indexes[*].name))
    ) == length(var.additional_indexes) + 1
    error_message = "The name of an index has 3 to 255 characters out of a-z, A-Z, 0-9, '_', '-' and '.', no two have the same, and 'initialEvents' is the module's own."
  }

  validation {
    condition = alltrue([
      for index in var.additional_indexes :
      contains(["ALL", "KEYS_ONLY", "INCLUDE"], index.projection_type) && (index.projection_type == "INCLUDE") == (index.non_key_attributes != null)
    ])
    error_message = "An index projects 'ALL', 'KEYS_ONLY', or 'INCLUDE' with its non_key_attributes."
  }

  # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Projection.html
  validation {
    condition = alltrue([
      for index in var.additional_indexes : index.non_key_attributes == null ? true :
      length(index.non_key_attributes) >= 1 && length(index.non_key_attributes) <= 20 && length(distinct(index.non_key_attributes)) == length(index.non_key_attributes)
    ])
    error_message = "The non_key_attributes of an index are 1 to 20 different names."
  }

  validation {
    condition     = alltrue([for index in var.additional_indexes : try(index.range_key.name, null) != index.hash_key.name])
    error_message = "The hash_key and the range_key of an index are two attributes."
  }

  validation {
    condition = alltrue([
      for key in flatten([for index in var.additional_indexes : [index.hash_key, index.range_key[*]]]) :
      contains(["S", "N", "B"], key.type) && key.type == lookup({
        aggregateId = "S", version = "N", timestamp = "S", type = "S", isInitialEvent = "N", eventStoreId = "S",
        pushId      = "B", encoding = "S", schemaVersion = "N",
        payload     = "not a key", metadata = "not a key", redactions = "not a key"
      }, key.name, key.type)
    ])
    error_message = "The type of a key is 'S', 'N' or 'B', and that of an event's own attribute is the one that it is written in: DynamoDB would refuse every event that has it in another one. payload, metadata and redactions cannot be keys."
  }

  validation {
    condition = length(distinct(flatten([for index in var.additional_indexes : [index.hash_key, index.range_key[*]]]))) == length(
      distinct(flatten([for index in var.additional_indexes : [index.hash_key, index.range_key[*]]])[*].name)
    )
    error_message = "An attribute has one type in all indexes."
  }
}
