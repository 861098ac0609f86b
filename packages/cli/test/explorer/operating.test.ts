import { createProjectionTable, DynamoDbCheckpointStore, projection, replayEvents } from '@castore-dynamodb/streams';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';
import { describeOnEveryLayout, newAdapter } from '@castore-dynamodb/testing/eventTables';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';

import type { Health, Projections } from '../../src/explorer/api.js';
import { startExplorer } from './startExplorer.js';

describeOnEveryLayout(
  'the explorer',
  ({ engine, layout, dynamoDbClient, tableNames: { events: tableName } }) => {
    const pokemons = newPokemons(newAdapter(layout, { tableName, dynamoDbClient }));
    const projectionTable = uniqueTableName('views');
    const hostile = "\u001B[31mit's <b>";
    const trainers = projection({
      name: 'trainers',
      eventStores: [pokemons],
      checkpoints: new DynamoDbCheckpointStore({ tableName: projectionTable, dynamoDbClient }),
      on: {
        POKEMON_LEVELED_UP: ({ aggregateId, version }) => {
          if (aggregateId === hostile && version === 2) throw new RangeError('quotes a secret');
        },
      },
    });
    const config = { eventStores: [pokemons], projections: [trainers], tableName, dynamoDbClient };

    beforeAll(async () => {
      await createProjectionTable(dynamoDbClient, { tableName: projectionTable });
      for (const aggregateId of ['pikachu', hostile]) {
        for (const version of [1, 2, 3]) {
          await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_LEVELED_UP', payload: { by: 7 } });
        }
      }
      await replayEvents({ projections: [trainers], maxAttempts: 1, onFailure: () => undefined });
      // After a missing version.
      await pokemons.pushEvent({ aggregateId: 'pikachu', version: 5, type: 'POKEMON_LEVELED_UP', payload: { by: 7 } });
    });

    it('shows what is parked, how to retry it, and how far a projection is behind', async () => {
      const explorer = await startExplorer({}, { config });
      const { projections } = await explorer.data<Projections>('projections');
      expect(projections).toEqual([
        {
          name: 'trainers',
          parked: [
            {
              eventStoreId: 'POKEMONS',
              aggregateId: hostile,
              version: 2,
              parkedAt: expect.any(String),
              error: 'RangeError: quotes a secret',
              type: 'POKEMON_LEVELED_UP',
              payload: { by: 7 },
              command: "castore-dynamodb parked retry --write -- trainers POKEMONS $'\\u001b[31mit\\'s <b>'",
            },
          ],
          positions: expect.arrayContaining([
            { eventStoreId: 'POKEMONS', aggregateId: 'pikachu', lastVersion: 5, position: 3 },
            { eventStoreId: 'POKEMONS', aggregateId: hostile, lastVersion: 3, position: 1 },
          ]),
        },
      ]);
      await explorer.close();
    });

    it('shows shapes of what is parked if values must not be seen, and nothing without projections', async () => {
      const redacted = await startExplorer({}, { config, isRedacted: true });
      const { projections } = await redacted.data<Projections>('projections');
      expect(projections[0]?.parked).toMatchObject([{ error: 'RangeError', payload: { by: 'number' } }]);
      await redacted.close();

      const bare = await startExplorer({ table: tableName, endpointUrl: engine.endpoint }, { config });
      expect(await bare.view('projections')).toEqual({
        data: { projections: [] },
        cost: { requests: 0, readUnits: 0 },
      });
      await bare.close();
    });

    it("shows doctor's findings, each with its remedy and its place", async () => {
      const explorer = await startExplorer({}, { config });
      const { findings, isComplete, aggregates } = await explorer.data<Health>('health');
      expect({ isComplete, aggregates }).toEqual({ isComplete: true, aggregates: 2 });
      expect(findings).toContainEqual(
        expect.objectContaining({
          check: 'gap',
          remedy: expect.stringMatching(/./),
          place: expect.objectContaining({ eventStoreId: 'POKEMONS', aggregateId: 'pikachu' }),
        }),
      );
      expect(findings.map(({ check }) => check)).toContain('parked-aggregate');
      await explorer.close();
    });
  },
  { engines: 'one' },
);
