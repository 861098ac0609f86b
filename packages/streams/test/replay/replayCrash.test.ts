import { createStreamHandler, dynamoDbProjection, replayEvents } from '../../src/index.js';
import { crashAt } from '../support/crash.js';
import { describeOnEveryLayout } from '../support/describeOnEveryLayout.js';
import { connectEventStores } from '../support/eventStores.js';
import { useProjectionTable } from '../support/projectionTable.js';
import { recordOf } from '../support/recordOf.js';

interface Log {
  log: string[];
}
const initialView: Log = { log: [] };

describeOnEveryLayout('a replay that dies', ({ engine, layout, tableNames, dynamoDbClient, pokemons, trainers }) => {
  const tableName = useProjectionTable(dynamoDbClient);

  const newView = (name: string, client = engine.client()) => {
    const eventStores = connectEventStores(layout, client, tableNames);
    const append = (view: Log, { type, version }: { type: string; version: number }): Log => ({
      log: [...view.log, `${type} ${version}`],
    });
    return dynamoDbProjection({
      name,
      eventStores: [eventStores.pokemons, eventStores.trainers],
      tableName,
      dynamoDbClient: client,
      initialView,
      key: ({ aggregateId }) => aggregateId,
      project: { TRAINER_CREATED: append, POKEMON_CAUGHT: append },
    });
  };

  it('loses nothing and repeats nothing, in whichever request it was', async () => {
    const payload = { trainerId: 'ash' };
    await trainers.pushEvent({ aggregateId: 'ash', version: 1, type: 'TRAINER_CREATED', payload: { name: 'Ash' } });
    await pokemons.pushEvent({ aggregateId: 'pikachu', version: 1, type: 'POKEMON_CAUGHT', payload });
    await pokemons.pushEvent({
      aggregateId: 'pikachu',
      version: 2,
      type: 'POKEMON_NAMED',
      payload: 'Pika',
      metadata: 1,
    });
    await pokemons.pushEvent({ aggregateId: 'pikachu', version: 3, type: 'POKEMON_CAUGHT', payload });
    const live = await recordOf({ layout, dynamoDbClient, tableNames }, 'pikachu', 3);

    let requestsOfOneRun = Number.POSITIVE_INFINITY;
    for (let request = 1; request <= requestsOfOneRun; request++) {
      for (const isSent of [false, true]) {
        const name = `view-${request}-${isSent}`;
        const client = engine.client();
        const sent = crashAt(client, { request, isSent });
        const dying = replayEvents({ projections: [newView(name, client)], segments: 2, maxAttempts: 1 });
        await dying.catch(() => {});
        if (sent() < request) requestsOfOneRun = request;

        // The stream goes on meanwhile, in another process.
        const view = newView(name);
        if (request % 2 === 0) await createStreamHandler({ projections: [view] })({ Records: [live] });
        await replayEvents({ projections: [view], segments: 2 });
        await expect(view.getView('ash')).resolves.toStrictEqual({ log: ['TRAINER_CREATED 1'] });
        await expect(view.getView('pikachu')).resolves.toStrictEqual({ log: ['POKEMON_CAUGHT 1', 'POKEMON_CAUGHT 3'] });
      }
    }
    expect(requestsOfOneRun).toBeGreaterThan(10);
  });
});
