import type { UpdateTableCommandInput } from '@aws-sdk/client-dynamodb';

/** The commands `aws dynamodb update-table` for a table that Terraform printed, as the requests that they send. */
export const commandsIn = (output: string, tableName: string): (UpdateTableCommandInput & { TableName: string })[] => {
  const commands = output.split('\n').filter(line => line.includes(`update-table --table-name ${tableName} `));

  return [...new Set(commands)].map(command => {
    const [, definitions = ''] = /--attribute-definitions ((?:AttributeName=\S+ )+)/.exec(command) ?? [];
    const [, updates = '[]'] = /--global-secondary-index-updates '([^']*)'/.exec(command) ?? [];
    return {
      TableName: tableName,
      AttributeDefinitions: [...definitions.matchAll(/AttributeName=([^,\s]+),AttributeType=([SNB])/g)].map(
        ([, AttributeName, AttributeType]) => ({ AttributeName, AttributeType: AttributeType as 'S' | 'N' | 'B' }),
      ),
      GlobalSecondaryIndexUpdates: JSON.parse(updates),
    };
  });
};
