import {
  DescribeTableCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndexDescription,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';

import type { UpdateTable } from './printedCommands.js';

export const describeIndexes = async (
  client: DynamoDBClient,
  TableName: string,
): Promise<GlobalSecondaryIndexDescription[]> => {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  return Table?.GlobalSecondaryIndexes ?? [];
};

export const namesOf = (indexes: GlobalSecondaryIndexDescription[]): string[] =>
  indexes.map(({ IndexName = '' }) => IndexName).toSorted();

/** Changes the indexes of a table, as somebody does outside of Terraform, and waits until it has those that are expected. */
export const updateIndexes = async (client: DynamoDBClient, input: UpdateTable, expected: string[]): Promise<void> => {
  await client.send(new UpdateTableCommand(input));
  const isDone = async (): Promise<boolean> => {
    const indexes = await describeIndexes(client, input.TableName);
    return (
      indexes.every(({ IndexStatus }) => IndexStatus === 'ACTIVE') &&
      namesOf(indexes).join() === expected.toSorted().join()
    );
  };
  for (let waits = 0; !(await isDone()); waits += 1) {
    if (waits === 200) throw new Error(`${input.TableName} does not get the indexes ${expected.join(', ')}.`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
};
