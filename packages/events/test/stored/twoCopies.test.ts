import type * as adapterPackage from '@castore-dynamodb/adapter';
import { describeOnEveryLayout, newAggregateId, rejection } from '@castore-dynamodb/testing/eventTables';

import type * as eventsPackage from '../../src/index.js';
import { eraseAggregate, evolution, redactionsOf } from '../../src/index.js';
import { caught, context, eventsOf, push, storeOf } from './support.js';

/** Another copy of a package, as if an ESM and a CommonJS build, or two versions, were in one process. */
const anotherCopy = <PACKAGE>(load: () => PACKAGE): PACKAGE => {
  let copy: PACKAGE | undefined;
  jest.isolateModules(() => {
    copy = load();
  });
  return copy as PACKAGE;
};

describeOnEveryLayout('Two copies of the packages', tables => {
  const { layout, dynamoDbClient, tableNames } = tables;
  const adapter = anotherCopy<typeof adapterPackage>(() => require('@castore-dynamodb/adapter'));
  const events = anotherCopy<typeof eventsPackage>(() => require('../../src/index.js'));
  const Adapter =
    layout === 'single-table' ? adapter.DynamoDbSingleTableEventStorageAdapter : adapter.DynamoDbEventStorageAdapter;

  it('redact, erase and delete what the other copy has stored', async () => {
    const aggregateId = newAggregateId();
    const eventStore = storeOf(tables);
    eventStore.eventStorageAdapter = new Adapter({
      tableName: tableNames.events,
      dynamoDbClient,
      transformations: [evolution({ eventStores: { POKEMONS: { CAUGHT: { upcasters: [event => event] } } } })],
    });
    await push(eventStore, aggregateId, 3);
    const options = { aggregateId, version: 2, reason: 'Article 17' };
    await events.redactEvent(eventStore, { ...options, redact: () => ({ payload: { name: 'someone' } }) });
    await expect(eventsOf(eventStore, aggregateId)).resolves.toMatchObject([{}, { payload: { name: 'someone' } }, {}]);
    await eraseAggregate(eventStore, aggregateId, { reason: 'Article 17' });
    await expect(redactionsOf(eventStore, aggregateId)).resolves.toHaveLength(3);
    const { payload: _payload, metadata: _metadata, ...erased } = caught(aggregateId, 1);
    expect((await eventsOf(eventStore, aggregateId))[0]).toStrictEqual(erased);
    await expect(events.deleteAggregate(eventStore, aggregateId)).resolves.toMatchObject({ events: 3 });

    const error = await rejection(events.redactEvent(eventStore, { ...options, redact: () => ({}) }));
    expect(error).toMatchObject({ code: 'EventNotFoundError', ...context, aggregateId });
  });
});
