// Streams an aggregate and holds each event against what is expected; prints what it counted.
// Arguments: the bundled adapter, the endpoint.
const { DynamoDBClient } = require('@aws-sdk/client-dynamodb');

const [adapterPath, endpoint] = process.argv.slice(2);
const { DynamoDbEventStorageAdapter } = require(adapterPath);

const main = async () => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const dynamoDbClient = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
  });
  let requests = 0;
  dynamoDbClient.middlewareStack.add(next => args => next(args, requests++), { step: 'initialize', name: 'count' });
  const adapter = new DynamoDbEventStorageAdapter({ tableName: 'pokemons', dynamoDbClient });

  let events = 0;
  let requestsAtFirstEvent = 0;
  for await (const { version, payload } of adapter.streamEvents('pikachu', { eventStoreId: 'POKEMONS' })) {
    if (events === 0) requestsAtFirstEvent = requests;
    events++;
    if (version !== events || payload.level !== events) throw new Error(`Version ${version} came as number ${events}.`);
  }
  console.log(JSON.stringify({ events, requests, requestsAtFirstEvent }));
  dynamoDbClient.destroy();
};

void main();
