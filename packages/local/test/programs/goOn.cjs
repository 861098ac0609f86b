const { setTimeout: sleep } = require('node:timers/promises');
const { ListTablesCommand } = require('@aws-sdk/client-dynamodb');

const tidyUp = async dynamoDb => {
  await sleep(300);
  const { TableNames } = await dynamoDb.dynamoDbClient.send(new ListTablesCommand({}));
  console.log(`${TableNames.length} tables`);
  await dynamoDb.stop();
  process.exit(0);
};

/** Writes the endpoint, and ends in one of the ways that a program can. */
exports.goOn = async (dynamoDb, ending) => {
  if (ending === 'tidies up on SIGINT') process.once('SIGINT', () => void tidyUp(dynamoDb));
  console.log(dynamoDb.endpoint);

  if (ending === 'has nothing more to do') return;
  if (ending === 'exits') process.exit(0);
  if (ending === 'throws an error') throw new Error('on purpose');
  await sleep(60_000);
};
