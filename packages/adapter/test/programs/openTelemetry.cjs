// An application that OpenTelemetry instruments: pushes an event twice, reads it back, and prints what it saw and the spans.
// Arguments: the bundled adapter, the endpoint, a table's name.
const { AwsInstrumentation } = require('@opentelemetry/instrumentation-aws-sdk');
const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-base');

const exporter = new InMemorySpanExporter();
const instrumentation = new AwsInstrumentation({
  // Reads the items, as somebody might who wants to know how many there were.
  responseHook: (span, { response }) => span.setAttribute('items', response.data.Items?.length ?? 0),
});
instrumentation.setTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));

const [adapterPath, endpoint, tableName] = process.argv.slice(2);
const { DynamoDBClient } = require('@aws-sdk/client-dynamodb');
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
  const adapter = new DynamoDbEventStorageAdapter({ tableName, dynamoDbClient });
  const context = { eventStoreId: 'POKEMONS' };
  const event = {
    aggregateId: 'observed',
    version: 1,
    type: 'CAUGHT',
    timestamp: '2026-01-01T00:00:00.000Z',
    payload: { level: 42 },
  };

  await adapter.pushEvent(event, context);
  const conflict = await adapter.pushEvent(event, context).catch(error => error);
  const { events } = await adapter.getEvents('observed', context);

  const spans = exporter.getFinishedSpans().map(({ name, attributes, status }) => ({ name, attributes, status }));
  console.log(JSON.stringify({ conflict: conflict.code, events, spans }));
  dynamoDbClient.destroy();
};

void main();
