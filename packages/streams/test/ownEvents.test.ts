import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import { dynamoDbProjection, InMemoryCheckpointStore, projection, replayEvents } from '../src/index.js';
import { describeOnOneTable } from './support/describeOnEveryLayout.js';
import { connectEventStores, newAggregateId } from './support/eventStores.js';
import { useProjectionTable } from './support/projectionTable.js';

interface View {
  trainerId: string;
  from?: string;
}
const initialView: View = { trainerId: 'nobody' };

describeOnOneTable('A handler that makes a view of an event, and changes it later', context => {
  const { engine, layout, tableNames, pokemons, dynamoDbClient } = context;
  const tableName = useProjectionTable(dynamoDbClient);
  let names = 0;

  const catchAndTrade = async (): Promise<string> => {
    const aggregateId = newAggregateId();
    await pokemons.pushEvent({ aggregateId, version: 1, type: 'POKEMON_CAUGHT', payload: { trainerId: 'ash' } });
    const payload = { from: 'ash', to: '+misty' };
    await pokemons.pushEvent({ aggregateId, version: 2, type: 'POKEMON_TRADED', payload });
    return aggregateId;
  };

  const newView = (
    key: 'aggregateId' | ((event: { aggregateId: string }) => string | string[]),
    client = dynamoDbClient,
  ) =>
    dynamoDbProjection({
      name: `views-${++names}`,
      eventStores: [connectEventStores(layout, client, tableNames).pokemons],
      tableName,
      dynamoDbClient: client,
      key,
      initialView,
      project: {
        POKEMON_CAUGHT: (_, { payload }) => payload,
        POKEMON_TRADED: (view, { payload }) => {
          view.trainerId += payload.to;
          return view;
        },
      },
    });

  /** The first write of the aggregate's view meets another one, and is not carried out. */
  const conflictOnce = (client: DynamoDBClient, aggregateId: string): (() => boolean) => {
    let isDone = false;
    client.middlewareStack.add(
      (next, { commandName }) =>
        async args => {
          const { Item } = args.input as { Item?: { sk?: { S?: string } } };
          const isView = commandName === 'TransactWriteItemsCommand' || Item?.sk?.S === 'view';
          if (isDone || !isView || !JSON.stringify(args.input).includes(aggregateId)) return next(args);
          isDone = true;
          throw commandName === 'PutItemCommand'
            ? Object.assign(new Error('other'), { name: 'ConditionalCheckFailedException' })
            : Object.assign(new Error('other'), {
                name: 'TransactionCanceledException',
                CancellationReasons: [{ Code: 'TransactionConflict' }],
              });
        },
      { step: 'initialize', name: 'conflictOnce' },
    );
    return () => isDone;
  };

  it.each([
    ['in a transaction', ({ aggregateId }: { aggregateId: string }) => aggregateId],
    ['with its position', 'aggregateId'],
  ] as const)('applies each event once, if a write %s meets another one', async (_, key) => {
    const aggregateId = await catchAndTrade();
    const client = engine.client();
    const isDone = conflictOnce(client, aggregateId);
    const view = newView(key, client);
    await replayEvents({ projections: [view] });
    expect(isDone()).toBe(true);
    await expect(view.getView(aggregateId)).resolves.toStrictEqual({ trainerId: 'ash+misty' });
  });

  it('applies each event once to each of several views', async () => {
    const aggregateId = await catchAndTrade();
    const view = newView(event => [event.aggregateId, `${event.aggregateId}, too`]);
    await replayEvents({ projections: [view] });
    await expect(view.getView(aggregateId)).resolves.toStrictEqual({ trainerId: 'ash+misty' });
    await expect(view.getView(`${aggregateId}, too`)).resolves.toStrictEqual({ trainerId: 'ash+misty' });
  });

  it('changes nothing of what other projections get, nor of what comes again after a failure', async () => {
    const aggregateId = await catchAndTrade();
    const seen: string[] = [];
    const newReader = (attempts: number) =>
      projection({
        name: `reader-${++names}`,
        eventStores: [pokemons],
        checkpoints: new InMemoryCheckpointStore(),
        on: {
          POKEMON_CAUGHT: event => {
            if (event.aggregateId !== aggregateId) return;
            seen.push(event.payload.trainerId);
            Object.assign(event, { timestamp: 'never' }).payload.trainerId = 'gary';
            if (--attempts > 0) throw new Error('again');
          },
        },
      });
    const readers = [newReader(2), newReader(1)] as const;
    for (const _ of ['at first', 'when it was handled']) await replayEvents({ projections: [...readers] });
    expect(seen).toStrictEqual(['ash', 'ash', 'ash']);
    await expect(Promise.all(readers.map(reader => reader.listParked()))).resolves.toStrictEqual([[], []]);
  });
});
