import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';

import {
  createStreamHandler,
  DynamoDbCheckpointStore,
  dynamoDbProjection,
  type ProjectionFailure,
  projection,
  replayEvents,
  type StreamRecord,
} from '../src/index.js';
import { describeOnEveryLayout } from './support/describeOnEveryLayout.js';
import { newAggregateId } from './support/eventStores.js';
import { useProjectionTable } from './support/projectionTable.js';
import { recordOf } from './support/recordOf.js';

const named = (name: string, message: string, more: object = {}): Error =>
  Object.assign(new Error(message), { name, $metadata: {} }, more);

/** Lets writes to views fail; counts all requests of the client. */
const refuse = (client: DynamoDBClient, refusalOf: (items: TransactWriteItem[]) => Error | undefined) => {
  const counter = { requests: 0 };
  client.middlewareStack.add(
    (next, context) => args => {
      counter.requests++;
      const items = (args.input as { TransactItems?: TransactWriteItem[] }).TransactItems;
      const refusal = context.commandName === 'TransactWriteItemsCommand' ? refusalOf(items ?? []) : undefined;
      return refusal === undefined ? next(args) : Promise.reject(refusal);
    },
    { step: 'initialize', name: 'refuse' },
  );
  return counter;
};

const hasView = ({ Put }: TransactWriteItem, suffix: string): boolean =>
  Put?.Item?.['sk']?.S === 'view' && Put.Item['pk']?.S?.endsWith(suffix) === true;

describeOnEveryLayout('An error of the infrastructure', context => {
  const { engine, pokemons, dynamoDbClient } = context;
  const tableName = useProjectionTable(dynamoDbClient);
  const clients: DynamoDBClient[] = [];
  afterAll(() => {
    for (const client of clients) client.destroy();
  });
  let views = 0;

  const push = async (count: number, versions = 1): Promise<{ ids: string[]; records: StreamRecord[] }> => {
    const ids = Array.from({ length: count }, newAggregateId);
    const records: StreamRecord[] = [];
    for (const [index, aggregateId] of ids.entries()) {
      for (let version = 1; version <= versions; version++) {
        await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_NAMED', payload: 'Pika' });
        const record = await recordOf(context, aggregateId, version);
        const SequenceNumber = String(index * 100 + version);
        records.push({ ...record, dynamodb: { ...record.dynamodb, SequenceNumber } });
      }
    }
    return { ids, records };
  };

  const newView = (refusalOf: (items: TransactWriteItem[]) => Error | undefined, table = tableName) => {
    const client = engine.client();
    clients.push(client);
    const counter = refuse(client, refusalOf);
    const view = dynamoDbProjection({
      name: `view-${++views}`,
      eventStores: [pokemons],
      tableName: table,
      dynamoDbClient: client,
      key: event => event.aggregateId,
      project: { POKEMON_NAMED: (_, { version }) => ({ version }) },
    });
    const failures: ProjectionFailure[] = [];
    const onFailure = (failure: ProjectionFailure) => void failures.push(failure);
    return { view, counter, failures, handler: createStreamHandler({ projections: [view], onFailure }), onFailure };
  };

  let hundred: StreamRecord[] = [];
  beforeAll(async () => {
    hundred = (await push(100)).records;
  });

  it.each([
    ['ValidationException', 'One or more parameter values were invalid: the key is disabled'],
    ['ValidationException', 'Transactions are not supported by this table'],
    ['AccessDeniedException', 'User is not authorized to perform: dynamodb:PutItem'],
    ['TransactionCanceledException', 'a position is refused'],
  ])('parks nobody, is reported as failed, and costs few requests: %s, %s', async (name, message) => {
    const records = hundred;
    const CancellationReasons = [{ Code: 'ValidationError', Message: 'no such key' }];
    const { view, counter, failures, handler, onFailure } = newView(() =>
      named(name, message, { CancellationReasons }),
    );
    const { batchItemFailures } = await handler({ Records: records });
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toStrictEqual(
      records.map(({ dynamodb }) => dynamodb?.SequenceNumber),
    );
    expect(failures).toHaveLength(100);
    expect(failures[0]).toMatchObject({ kind: 'passing', attempts: 5, error: { name } });
    await expect(view.listParked()).resolves.toStrictEqual([]);
    // Of each of the five attempts: the positions, the views, the transaction, two of positions alone.
    expect(counter.requests).toBeLessThanOrEqual(5 * 5 + 1);

    // A replay ends with it.
    await expect(replayEvents({ projections: [view], onFailure, maxAttempts: 1 })).rejects.toMatchObject({ name });
    await expect(view.listParked()).resolves.toStrictEqual([]);
  });

  it('is named with its table, if a table is missing', async () => {
    const { records } = await push(1);
    const { failures, handler } = newView(() => undefined, 'there-is-no-such-table');
    await handler({ Records: records });
    expect(failures[0]?.error).toMatchObject({
      name: 'ResourceNotFoundException',
      message: expect.stringContaining('Table "there-is-no-such-table"'),
    });

    const checkpoints = new DynamoDbCheckpointStore({ tableName: 'there-is-no-such-table', dynamoDbClient });
    const log = projection({ name: 'log', eventStores: [pokemons], checkpoints, on: {} });
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    await createStreamHandler({ projections: [log], maxAttempts: 1 })({ Records: records });
    const warning = String(emitWarning.mock.calls[0]?.[0]);
    emitWarning.mockRestore();
    expect(warning).toContain('did not get past its position for aggregate');
    expect(warning).toContain('ResourceNotFoundException: Table "there-is-no-such-table"');
  });

  it('is distinguished from an item that DynamoDB refuses by itself, among others that it takes', async () => {
    const { ids, records } = await push(20, 2);
    const bad = new Set([ids[3], ids[7], ids[8]]);
    const { view, counter, handler } = newView(items => {
      const refused = items.map(item => [...bad].some(id => hasView(item, id as string)));
      if (!refused.includes(true)) return undefined;
      const CancellationReasons = refused.map(is =>
        is ? { Code: 'ValidationError', Message: 'bad' } : { Code: 'None' },
      );
      return named('TransactionCanceledException', 'Transaction cancelled', { CancellationReasons });
    });
    await expect(handler({ Records: records })).resolves.toStrictEqual({ batchItemFailures: [] });
    const parked = await view.listParked();
    expect(new Set(parked.map(({ aggregateId }) => aggregateId))).toStrictEqual(bad);
    expect(new Set(parked.map(({ version }) => version))).toStrictEqual(new Set([1]));
    for (const id of ids.filter(one => !bad.has(one)))
      await expect(view.getView(id)).resolves.toStrictEqual({ version: 2 });
    // All of them are found at once: two events of each touch its view, then one.
    expect(counter.requests).toBeLessThan(20 + ids.length);
  });

  it('is distinguished from items for which DynamoDB refuses the whole request, however many', async () => {
    const { ids, records } = await push(60);
    const isGood = (id: string) => ids.indexOf(id) % 10 === 9;
    const bad = ids.filter(id => !isGood(id));
    const { view, counter, handler } = newView(items =>
      items.some(item => bad.some(id => hasView(item, id)))
        ? named('ValidationException', 'One or more parameter values are not valid.')
        : undefined,
    );
    await expect(handler({ Records: records })).resolves.toStrictEqual({ batchItemFailures: [] });
    expect((await view.listParked()).map(({ aggregateId }) => aggregateId).toSorted()).toStrictEqual(bad.toSorted());
    // For each of them positions, views, its transaction, one of positions alone, and parking it.
    expect(counter.requests).toBeLessThan(60 * 8);
    for (const id of ids.filter(isGood)) await expect(view.getView(id)).resolves.toStrictEqual({ version: 1 });
  });

  it('is distinguished from the one item of a batch that DynamoDB refuses', async () => {
    const { ids, records } = await push(1);
    const { view, handler } = newView(items =>
      items.some(item => hasView(item, ids[0] as string)) ? named('ValidationException', 'not valid') : undefined,
    );
    await expect(handler({ Records: records })).resolves.toStrictEqual({ batchItemFailures: [] });
    await expect(view.listParked()).resolves.toMatchObject([{ aggregateId: ids[0], version: 1 }]);
  });
});
