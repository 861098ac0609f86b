import type * as adapterPackage from '@castore-dynamodb/adapter';

import type * as commandsPackage from '../src/index.js';
import { describeWithResults, levelUpCommand, newRequestId } from './runOnce/support.js';
import { levelUp, newAggregateId, newPokemons, rejection } from './support.js';

/** Another copy of a package, as if an ESM and a CommonJS build, or two versions, were in one process. */
const anotherCopy = <PACKAGE>(load: () => PACKAGE): PACKAGE => {
  let copy: PACKAGE | undefined;
  jest.isolateModules(() => {
    copy = load();
  });
  return copy as PACKAGE;
};

describeWithResults(
  'two copies of the packages',
  ({ pokemons, dynamoDbClient, layout, resultTable, tableName, engine, once }) => {
    const adapter = anotherCopy<typeof adapterPackage>(() => require('@castore-dynamodb/adapter'));
    const commands = anotherCopy<typeof commandsPackage>(() => require('../src/index.js'));
    const Adapter =
      layout === 'single-table' ? adapter.DynamoDbSingleTableEventStorageAdapter : adapter.DynamoDbEventStorageAdapter;
    const foreign = newPokemons(new Adapter({ tableName, dynamoDbClient: engine.client() }));

    it('are two', () => {
      expect(foreign.getEventStorageAdapter()).not.toBeInstanceOf(pokemons.getEventStorageAdapter().constructor);
      expect(commands.runOnce).not.toBe(anotherCopy(() => require('../src/index.js')).runOnce);
    });

    it('append, check and act once together', async () => {
      const [aggregateId, other] = [newAggregateId(), newAggregateId()];
      await commands.appendEvents(foreign, aggregateId, [{ type: 'POKEMON_RELEASED' }]);
      await commands.appendEvents(pokemons, aggregateId, [{ type: 'POKEMON_RELEASED' }]);
      const push = () =>
        commands.pushEventsTransaction([pokemons.groupEvent(levelUp(other, 1))], {
          checks: [commands.unchanged(foreign, aggregateId, 1)],
        });
      await expect(rejection(push())).resolves.toMatchObject({
        code: 'EventAlreadyExistsError',
        aggregateId,
        version: 2,
      });

      const input = { aggregateId, requestId: newRequestId() };
      const key = ({ requestId }: { requestId: string }) => requestId;
      const theirs = commands.runOnce({
        command: levelUpCommand(foreign),
        tableName: resultTable,
        dynamoDbClient,
        key,
        days: 1,
      });
      const answers = await Promise.all([
        theirs.handler(input, [foreign]),
        theirs.handler(input, [pokemons]),
        once(levelUpCommand(pokemons)).handler(input, [pokemons]),
        once(levelUpCommand(foreign)).handler(input, [foreign]),
      ]);
      for (const answer of answers) expect(answer).toStrictEqual(answers[0]);
      await expect(pokemons.getEvents(aggregateId)).resolves.toMatchObject({ events: { length: 3 } });
    });

    it('refuse in the same way', async () => {
      const input = { aggregateId: newAggregateId(), requestId: newRequestId() };
      await once(levelUpCommand(foreign)).handler(input, [foreign]);
      const theirs = commands.runOnce({
        command: levelUpCommand(pokemons),
        tableName: resultTable,
        dynamoDbClient,
        key: ({ requestId }) => requestId,
        days: 1,
      });
      const error = await rejection(theirs.handler({ ...input, levels: 2 }, [pokemons]));
      expect(error).toMatchObject({ code: 'DifferentInputError' });
    });
  },
);
