# What has to be done to an existing index beside Terraform, since Terraform leaves it alone.

locals {
  update_table = "aws dynamodb update-table --table-name ${var.name}"

  switch_to_provisioned = join(" ", [
    local.update_table,
    "--billing-mode PROVISIONED",
    "--provisioned-throughput ReadCapacityUnits=${local.autoscaling.table_read.min},WriteCapacityUnits=${local.autoscaling.table_write.min}",
    "--global-secondary-index-updates '${jsonencode([{ Update = {
      IndexName = local.index_name
      ProvisionedThroughput = {
        ReadCapacityUnits  = local.autoscaling.index_read.min
        WriteCapacityUnits = local.autoscaling.index_write.min
      }
    } }])}'",
  ])

  change_index_maximum = join(" ", [
    local.update_table,
    "--global-secondary-index-updates '${jsonencode([{ Update = {
      IndexName = local.index_name
      OnDemandThroughput = {
        MaxReadRequestUnits  = coalesce(var.on_demand_maximum.read_request_units, -1)
        MaxWriteRequestUnits = coalesce(var.on_demand_maximum.write_request_units, -1)
      }
    } }])}'",
  ])
}
