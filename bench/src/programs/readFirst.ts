import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Of the process so far, in microseconds. */
const cpuSoFar = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** What a Lambda function does first: it makes a client and an adapter, and reads one aggregate. Prints what reading took. */
export const readFirst = async (
  createRead: (dynamoDbClient: DynamoDBClient, tableName: string) => (aggregateId: string) => Promise<unknown[]>,
): Promise<void> => {
  const [, , endpoint = '', tableName = '', aggregateId = ''] = process.argv;
  const read = createRead(
    new DynamoDBClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    }),
    tableName,
  );
  const ready = cpuSoFar();
  const { length: events } = await read(aggregateId);
  console.log(JSON.stringify({ cpuMicroseconds: cpuSoFar() - ready, events }));
  process.exit();
};
