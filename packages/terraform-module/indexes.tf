# The module's own index, and further ones. Terraform makes them with the table and leaves them alone afterwards; what has
# to be done to those of an existing table is printed as a command.

locals {
  own_index = {
    name               = local.index_name
    hash_key           = local.index_partition_key
    range_key          = local.index_sort_key
    projection_type    = "KEYS_ONLY"
    non_key_attributes = null
  }
  indexes = { for index in concat([local.own_index], var.additional_indexes) : index.name => index }

  # The types that the adapters write their attributes in.
  key_types = {
    for key in [local.partition_key, local.sort_key, local.index_partition_key, local.index_sort_key] : key.name => key.type
  }
  attributes = merge(
    { for key in distinct(flatten([for index in var.additional_indexes : [index.hash_key, index.range_key[*]]])) : key.name => key.type },
    local.key_types,
  )

  own_index_keys = ["eventStoreId timestamp", "isInitialEvent timestamp"]

  # An index by what cannot be changed: its keys and its projection.
  wanted_shapes = {
    for name, index in local.indexes : name => join(" ", compact([index.hash_key.name, one(index.range_key[*].name), index.projection_type]))
  }
  deployed_shapes = [
    for index in aws_dynamodb_table.this.global_secondary_index :
    { name = try(length(index.name), 0) == 0 ? null : index.name, shape = join(" ", compact([index.hash_key, index.range_key, index.projection_type])) }
  ]

  # DynamoDB Local does not show the capacity of an on-demand index, and then the provider leaves out the index's name.
  missing_indexes = [
    for name, shape in local.wanted_shapes : name
    if !anytrue([for deployed in local.deployed_shapes : deployed.name == name || deployed.name == null && deployed.shape == shape])
  ]
  different_indexes = [
    for name, shape in local.wanted_shapes : name
    if name != local.index_name && anytrue([for deployed in local.deployed_shapes : deployed.name == name && deployed.shape != shape])
  ]

  # The provider has three ways to say that there is no maximum: null, 0 and -1.
  indexes_of_another_maximum = [
    for index in aws_dynamodb_table.this.global_secondary_index : index.name
    if try(contains(keys(local.indexes), index.name), false) && anytrue([
      for units in [
        { asked = var.on_demand_maximum.read_request_units, deployed = try(one(index.on_demand_throughput).max_read_request_units, null) },
        { asked = var.on_demand_maximum.write_request_units, deployed = try(one(index.on_demand_throughput).max_write_request_units, null) },
      ] : units.asked == null ? false : max(units.asked, 0) != max(coalesce(units.deployed, 0), 0)
    ])
  ]
}

check "indexes" {
  assert {
    condition     = length(local.missing_indexes) == 0
    error_message = "The table ${var.name} lacks the index ${join(" and the index ", local.missing_indexes)}, which Terraform adds to a new table only.${contains(local.missing_indexes, local.index_name) ? " Without ${local.index_name}, pushes succeed and listAggregateIds fails." : ""} Add it with this command:\n\n${join("\n", [for name in local.missing_indexes : "  ${local.create_index[name]}"])}\n"
  }

  assert {
    condition     = length(local.different_indexes) == 0
    error_message = "The table ${var.name} has the index ${join(" and the index ", local.different_indexes)} with other keys, or another projection, than additional_indexes. An index cannot be changed: describe the one that is there, or give yours another name."
  }
}

check "index_maximum" {
  assert {
    condition     = length(local.indexes_of_another_maximum) == 0
    error_message = "The index of ${var.name} keeps its former on-demand maximum, which Terraform cannot change. Do so with this command:\n\n  ${local.change_index_maximum}\n"
  }
}
