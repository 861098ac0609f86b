import { eventually } from '@castore-dynamodb/testing/eventually';

import {
  dynamoDbProjection,
  InMemoryCheckpointStore,
  projection,
  replayEvents,
  StreamPoller,
} from '../../src/index.js';
import { describeOnEveryLayout } from '../support/describeOnEveryLayout.js';
import { connectEventStores } from '../support/eventStores.js';
import { useProjectionTable } from '../support/projectionTable.js';

const AGGREGATES = 12;
const BEFORE = 10;
const MEANWHILE = 10;

interface Log {
  log: number[];
}
const initialView: Log = { log: [] };

describeOnEveryLayout('a replay beside a poller', context => {
  const { engine, layout, tableNames, dynamoDbClient, streamsClient, pokemons } = context;
  const tableName = useProjectionTable(dynamoDbClient);
  const ids = Array.from({ length: AGGREGATES }, (_, index) => `pikachu-${index}`);

  /** Each process has clients and projections of its own. */
  const newView = () => {
    const client = engine.client();
    const append = (view: Log, { version }: { version: number }): Log => ({ log: [...view.log, version] });
    return dynamoDbProjection({
      name: 'views',
      eventStores: [connectEventStores(layout, client, tableNames).pokemons],
      tableName,
      dynamoDbClient: client,
      initialView,
      key: ({ aggregateId }) => aggregateId,
      project: { POKEMON_CAUGHT: append },
    });
  };

  const write = async (first: number, last: number): Promise<void> => {
    for (let version = first; version <= last; version++) {
      await Promise.all(
        ids.map(aggregateId =>
          pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_CAUGHT', payload: { trainerId: 'ash' } }),
        ),
      );
    }
  };

  it('has every event once, those before and those that are written meanwhile', async () => {
    await write(1, BEFORE);
    const sources: boolean[] = [];
    const mailer = projection({
      name: 'mailer',
      eventStores: [pokemons],
      checkpoints: new InMemoryCheckpointStore(),
      on: { POKEMON_CAUGHT: (_, { replay }) => void sources.push(replay) },
    });
    const poller = new StreamPoller({
      name: 'poller',
      projections: [newView(), mailer],
      checkpoints: new InMemoryCheckpointStore(),
      dynamoDbStreamsClient: streamsClient,
      pollIntervalMs: 5,
    });
    const writing = write(BEFORE + 1, BEFORE + MEANWHILE);
    await poller.start();
    try {
      await Promise.all([writing, replayEvents({ projections: [newView(), mailer], segments: 3 })]);
      const view = newView();
      const log = Array.from({ length: BEFORE + MEANWHILE }, (_, index) => index + 1);
      await eventually(async () => {
        const views = await Promise.all(ids.map(id => view.getView(id)));
        expect(views).toStrictEqual(ids.map(() => ({ log })));
      });
      await eventually(() => expect(sources.length).toBeGreaterThanOrEqual(AGGREGATES * log.length));
    } finally {
      await poller.stop();
    }
  });
});
