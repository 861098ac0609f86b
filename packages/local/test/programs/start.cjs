// Starts an engine with what `npm run build` made, for CommonJS, and goes on as told.
const { startLocalDynamoDb } = require('@castore-dynamodb/local');

const { goOn } = require('./goOn.cjs');

const [engine, ending] = process.argv.slice(2);
void startLocalDynamoDb({ engine }).then(dynamoDb => goOn(dynamoDb, ending));
