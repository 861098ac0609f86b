import type { UpdateTableCommandInput } from '@aws-sdk/client-dynamodb';

/** A request to change a table. */
export type UpdateTable = UpdateTableCommandInput & { TableName: string };

/** The commands `aws dynamodb update-table` for a table of Ireland in a text, as the requests that they send. */
export const commandsIn = (text: string, tableName: string): UpdateTable[] => {
  const commands = text
    .split('\n')
    .filter(line => line.includes(`update-table --table-name ${tableName} --region eu-west-1 `));

  return [...new Set(commands)].map(command => {
    const [, definitions] = /--attribute-definitions ((?:AttributeName=\S+ )+)/.exec(command) ?? [];
    const [, updates = '[]'] = /--global-secondary-index-updates '([^']*)'/.exec(command) ?? [];
    const [, billingMode] = /--billing-mode (\w+)/.exec(command) ?? [];
    const [, reads, writes] =
      /--provisioned-throughput ReadCapacityUnits=(\d+),WriteCapacityUnits=(\d+)/.exec(command) ?? [];

    return {
      TableName: tableName,
      GlobalSecondaryIndexUpdates: JSON.parse(updates),
      ...(definitions === undefined ? {} : { AttributeDefinitions: attributesIn(definitions) }),
      ...(billingMode === undefined ? {} : { BillingMode: billingMode as 'PROVISIONED' }),
      ...(reads === undefined
        ? {}
        : { ProvisionedThroughput: { ReadCapacityUnits: Number(reads), WriteCapacityUnits: Number(writes) } }),
    };
  });
};

const attributesIn = (definitions: string) =>
  [...definitions.matchAll(/AttributeName=([^,\s]+),AttributeType=([SNB])/g)].map(
    ([, AttributeName, AttributeType]) => ({ AttributeName, AttributeType: AttributeType as 'S' | 'N' | 'B' }),
  );
