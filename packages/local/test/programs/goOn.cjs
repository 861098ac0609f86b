const { setTimeout: sleep } = require('node:timers/promises');
const { ListTablesCommand } = require('@aws-sdk/client-dynamodb');

const listTables = async ({ dynamoDbClient }) => {
  const { TableNames } = await dynamoDbClient.send(new ListTablesCommand({}));
  console.log(`${TableNames.length} tables`);
};

const tidyUp = async dynamoDb => {
  await sleep(300);
  await listTables(dynamoDb);
  await dynamoDb.stop();
  process.exit(0);
};

/** Writes the endpoint, and ends in one of the ways that a program can. */
exports.goOn = async (dynamoDb, ending) => {
  if (ending === 'tidies up on SIGINT') process.once('SIGINT', () => void tidyUp(dynamoDb));
  console.log(dynamoDb.endpoint);

  if (ending === 'has nothing more to do') return;
  if (ending === 'lists tables') return listTables(dynamoDb);
  if (ending === 'stops it') return dynamoDb.stop();
  if (ending === 'exits') process.exit(0);
  if (ending === 'throws an error') throw new Error('on purpose');
  await sleep(60_000);
};
