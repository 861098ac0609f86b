// Uses copies of the adapter, each with its own copy of Castore, with one another; prints what each step came to.
// Arguments: the bundled adapter as CommonJS and as ESM, the endpoint, a prefix for the names of tables.
const { readFileSync } = require('node:fs');
const { dirname } = require('node:path');
const { createRequire } = require('node:module');
const vm = require('node:vm');

const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb');

const [cjsPath, esmPath, endpoint, prefix] = process.argv.slice(2);
const dynamoDbClient = new DynamoDBClient({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
});

/** The CommonJS copy once more, with the Error, Object, Array, Promise… of another realm. */
const loadInAnotherRealm = path => {
  const parsingContext = vm.createContext({
    AbortController,
    Buffer,
    clearTimeout,
    process,
    setImmediate,
    setTimeout,
    // The SDK wants bytes of its own realm, as Jest gives them to its tests too.
    Uint8Array,
    URL,
  });
  const parameters = ['module', 'exports', 'require', '__filename', '__dirname'];
  const load = vm.compileFunction(readFileSync(path, 'utf8'), parameters, { parsingContext });
  const module = { exports: {} };
  load(module, module.exports, createRequire(path), path, dirname(path));
  return module.exports;
};

const storeOf = ({ EventStore, EventType, ...copy }, eventStoreId, tableName, isSingleTable) =>
  new EventStore({
    eventStoreId,
    eventTypes: [new EventType({ type: 'HAPPENED' })],
    reducer: (_, { aggregateId, version }) => ({ aggregateId, version }),
    eventStorageAdapter: isSingleTable
      ? new copy.DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient, gapless: true })
      : new copy.DynamoDbEventStorageAdapter({ tableName, dynamoDbClient }),
  });

const outcome = async act => {
  try {
    return await act();
  } catch (error) {
    const { code, reason, argument, version, eventStoreId, winningEvent } = error;
    return { code, reason, argument, version, eventStoreId, winner: winningEvent?.type };
  }
};

const scenario = async (ours, theirs, tables, id) => {
  const ourStore = storeOf(ours, 'OURS', tables.single, true);
  const theirStore = storeOf(theirs, 'THEIRS', tables.own, false);
  const event = version => ({ aggregateId: id, version, type: 'HAPPENED' });
  const versions = async store => (await store.getEvents(id)).events.map(({ version }) => version);
  const counterId = `${id}-registered`;
  const counted = { TableName: tables.own, Item: { aggregateId: { S: counterId }, version: { N: '0.5' } } };

  const beside = theirStore.groupEvent(event(1));
  ours.putAlongside(beside, async () => [counted]);
  const group = await ours.pushEventsTransaction([ours.formatEventForTransaction(ourStore, event(1)), beside]);
  await ours.EventStore.pushEventGroup({}, ourStore.groupEvent(event(2)), theirStore.groupEvent(event(2)));
  const theirConflict = await theirStore.pushEvent(event(2)).catch(error => error);
  await dynamoDbClient.send(
    new PutItemCommand({
      TableName: tables.own,
      Item: {
        aggregateId: { S: `${id}-odd` },
        version: { N: '1' },
        payload: { N: '0.1234567890123456789012345' },
      },
    }),
  );
  const unreadable = await theirStore.getEvents(`${id}-odd`).catch(error => error);
  return {
    group: group.eventGroup.map(({ nextAggregate }) => nextAggregate),
    conflict: await outcome(() =>
      ours.pushEventsTransaction([ourStore.groupEvent(event(3)), theirStore.groupEvent(event(2))]),
    ),
    isConflict: [theirs, ours].map(({ isEventAlreadyExistsError }) => isEventAlreadyExistsError(theirConflict)),
    gap: await outcome(() =>
      theirs.pushEventsTransaction([ourStore.groupEvent(event(9)), theirStore.groupEvent(event(3))]),
    ),
    checked: await outcome(() =>
      ours.pushEventsTransaction([ourStore.groupEvent(event(3))], {
        checks: [
          { aggregateId: id, eventStoreId: 'THEIRS', version: 1, eventStorageAdapter: theirStore.eventStorageAdapter },
        ],
      }),
    ),
    lost: await outcome(() =>
      ours.EventStore.pushEventGroup(theirStore.groupEvent(event(3)), ourStore.groupEvent(event(3))),
    ),
    unreadable: [ours.isUnreadableEventError(unreadable), unreadable.version],
    table: ours.eventTableOf(theirStore.getEventStorageAdapter()).layout,
    checkedTable: (await outcome(() => ours.checkEventTable(theirStore))) ?? 'as it should be',
    versions: [await versions(ourStore), await versions(theirStore)],
  };
};

const main = async () => {
  const copies = { cjs: require(cjsPath), esm: await import(esmPath), realm: loadInAnotherRealm(cjsPath) };
  const tables = { single: `${prefix}-single`, own: `${prefix}-own` };
  const { createEventTable, deleteEventTable } = copies.realm;
  await createEventTable(dynamoDbClient, { tableName: tables.single, layout: 'single-table' });
  await createEventTable(dynamoDbClient, { tableName: tables.own, layout: 'table-per-store' });
  const outcomes = {};
  for (const [one, ours] of Object.entries(copies)) {
    for (const [other, theirs] of Object.entries(copies)) {
      const pair = `${one} with ${other}`;
      outcomes[pair] = await scenario(ours, theirs, tables, pair);
    }
  }
  for (const tableName of Object.values(tables)) await deleteEventTable(dynamoDbClient, { tableName });
  console.log(JSON.stringify(outcomes));
  dynamoDbClient.destroy();
};

void main();
