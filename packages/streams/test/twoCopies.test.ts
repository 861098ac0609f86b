import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as adapter from '@castore-dynamodb/adapter';
import { eventually } from '@castore-dynamodb/testing/eventually';

import {
  createStreamHandler,
  DynamoDbCheckpointStore,
  dynamoDbProjection,
  ImageParser,
  InMemoryCheckpointStore,
  type Projection,
  projection,
  replayEvents,
  StreamPoller,
  toMessageChannel,
} from '../src/index.js';
import { describeOnEveryLayout } from './support/describeOnEveryLayout.js';
import { newAggregateId, newPokemons } from './support/eventStores.js';
import { useProjectionTable } from './support/projectionTable.js';
import { recordOf } from './support/recordOf.js';

/** Another copy of the adapter's package, as of another version, or of CommonJS beside ESM. */
const loadCopy = (): typeof adapter => {
  let copy: typeof adapter | undefined;
  jest.isolateModules(() => {
    copy = jest.requireActual('@castore-dynamodb/adapter');
  });
  return copy as typeof adapter;
};
const other = loadCopy();

const WAYS = ['a stream handler', 'a poller', 'a replay'] as const;

describeOnEveryLayout('An event store on another copy of the adapter', context => {
  const { layout, tableNames, dynamoDbClient, streamsClient } = context;
  const tableName = useProjectionTable(dynamoDbClient);
  let names = 0;

  const Adapter =
    layout === 'single-table' ? other.DynamoDbSingleTableEventStorageAdapter : other.DynamoDbEventStorageAdapter;
  const pokemons = newPokemons(new Adapter({ tableName: tableNames.pokemons, dynamoDbClient }));

  /** Versions 1 to 3, of which the second holds a number that JavaScript cannot hold. */
  const pushUnreadable = async () => {
    const aggregateId = newAggregateId();
    const push = (version: number) =>
      pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_NAMED', payload: { x: version } });
    await push(1);
    const { NewImage } = (await recordOf(context, aggregateId, 1)).dynamodb as {
      NewImage: Record<string, AttributeValue>;
    };
    const payload = { M: { x: { N: '0.1234567890123456789012345' } } };
    const Item = { ...NewImage, version: { N: '2' }, payload };
    await dynamoDbClient.send(new PutItemCommand({ TableName: tableNames.pokemons, Item }));
    await push(3);
    return aggregateId;
  };

  const newProjections = (aggregateId: string) => {
    const handled: number[] = [];
    const name = `copies-${++names}`;
    const log = projection({
      name: `${name}-log`,
      eventStores: [pokemons],
      checkpoints: new DynamoDbCheckpointStore({ tableName, dynamoDbClient }),
      on: { POKEMON_NAMED: event => void (event.aggregateId === aggregateId && handled.push(event.version)) },
    });
    const view = dynamoDbProjection({
      name: `${name}-view`,
      eventStores: [pokemons],
      tableName,
      dynamoDbClient,
      initialView: { versions: [] as number[] },
      key: event => event.aggregateId,
      project: { POKEMON_NAMED: ({ versions }, { version }) => ({ versions: [...versions, version] }) },
    });
    return { log, view, handled, projections: [log, view] as Projection[] };
  };

  const run = async (way: (typeof WAYS)[number], aggregateId: string, projections: Projection[]): Promise<void> => {
    const options = { projections, onFailure: () => {}, maxAttempts: 1 };
    if (way === 'a replay') await replayEvents(options);
    else if (way === 'a stream handler') {
      const records = await Promise.all([1, 2, 3].map(version => recordOf(context, aggregateId, version)));
      await expect(createStreamHandler(options)(records)).resolves.toStrictEqual({ batchItemFailures: [] });
    } else {
      const errors: unknown[] = [];
      const checkpoints = new InMemoryCheckpointStore();
      const poller = new StreamPoller({
        ...options,
        name: 'poller',
        checkpoints,
        dynamoDbStreamsClient: streamsClient,
        pollIntervalMs: 10,
        onError: error => void errors.push(error),
      });
      try {
        await poller.start();
        await eventually(async () => {
          expect(errors).toStrictEqual([]);
          for (const one of projections) {
            expect(await one.listParked()).toContainEqual(expect.objectContaining({ aggregateId }));
          }
        });
      } finally {
        await poller.stop();
      }
    }
  };

  it('is one of another class', () => {
    expect(other.UnreadableEventError).not.toBe(adapter.UnreadableEventError);
  });

  it.each(WAYS)('parks an event that cannot be read, after those before it, in %s', async way => {
    const aggregateId = await pushUnreadable();
    const { log, view, handled, projections } = newProjections(aggregateId);
    await run(way, aggregateId, projections);

    const place = { eventStoreId: 'POKEMONS', aggregateId };
    for (const one of projections) {
      expect(await one.listParked()).toContainEqual(
        expect.objectContaining({
          ...place,
          version: 2,
          error: expect.objectContaining({ name: 'UnreadableEventError' }),
        }),
      );
      await expect(one.retryParked(place)).resolves.toBe('parked');
    }
    expect(handled).toStrictEqual([1]);
    await expect(view.getView(aggregateId)).resolves.toStrictEqual({ versions: [1] });

    for (const one of [log, view]) await expect(one.retryParked(place, { skip: true })).resolves.toBe('done');
    expect(handled).toStrictEqual([1, 3]);
    await expect(view.getView(aggregateId)).resolves.toStrictEqual({ versions: [1, 3] });
  });

  it('refuses arguments by their names, and is found by images of its table', async () => {
    const aggregateId = newAggregateId();
    await pokemons.pushEvent({ aggregateId, version: 1, type: 'POKEMON_NAMED', payload: 'Pika' });
    const imageParser = new ImageParser({ sourceEventStores: [pokemons] });
    const message = imageParser.parseRecord(await recordOf(context, aggregateId, 1));
    expect(message).toMatchObject({ eventStoreId: 'POKEMONS', event: { aggregateId, version: 1 } });
    expect(() => toMessageChannel({ name: 'n', eventStores: [pokemons] } as never)).toThrow(
      expect.objectContaining({ code: 'InvalidArgumentError' }),
    );
  });
});
