# Commands of the AWS CLI for what Terraform cannot do to an existing index, since it leaves indexes alone.

locals {
  update_table = "aws dynamodb update-table --table-name ${var.name} --region ${local.region}"

  index_throughput = {
    ReadCapacityUnits  = local.autoscaling.index_read.min
    WriteCapacityUnits = local.autoscaling.index_write.min
  }

  # What follows are the updates of the indexes.
  switch_to_provisioned = join(" ", [
    local.update_table,
    "--billing-mode PROVISIONED",
    "--provisioned-throughput ReadCapacityUnits=${local.autoscaling.table_read.min},WriteCapacityUnits=${local.autoscaling.table_write.min}",
    "--global-secondary-index-updates",
  ])

  change_index_maximum = join(" ", [
    local.update_table,
    "--global-secondary-index-updates '${jsonencode([for name in local.indexes_of_another_maximum : { Update = {
      IndexName = name
      OnDemandThroughput = {
        MaxReadRequestUnits  = coalesce(var.on_demand_maximum.read_request_units, -1)
        MaxWriteRequestUnits = coalesce(var.on_demand_maximum.write_request_units, -1)
      }
    } }])}'",
  ])

  create_index = {
    for name, index in local.indexes : name => join(" ", concat(
      [local.update_table, "--attribute-definitions"],
      [for key in concat([index.hash_key], index.range_key[*]) : "AttributeName=${key.name},AttributeType=${key.type}"],
      ["--global-secondary-index-updates '${jsonencode([{ Create = merge(
        {
          IndexName = name
          KeySchema = [
            for position, key in concat([index.hash_key], index.range_key[*]) :
            { AttributeName = key.name, KeyType = position == 0 ? "HASH" : "RANGE" }
          ]
          Projection = merge(
            { ProjectionType = index.projection_type },
            index.non_key_attributes == null ? {} : { NonKeyAttributes = index.non_key_attributes },
          )
        },
        local.provisioned ? { ProvisionedThroughput = local.index_throughput } : {},
      ) }])}'"],
    ))
  }
}
