import type { EventDetail } from '@castore/core';

import {
  createStreamHandler,
  DynamoDbCheckpointStore,
  projection,
  replayEvents,
  type SavePositionAfter,
  type StreamRecord,
} from '../src/index.js';
import { SAVING } from '../src/projections/eventProjector.js';
import { describeOnOneLayout } from './support/describeOnEveryLayout.js';
import { newAggregateId } from './support/eventStores.js';
import { useLogs } from './support/logs.js';

describeOnOneLayout('When a projection writes its positions', context => {
  const { dynamoDbClient, pokemons, requests } = context;
  const { tableName, push, newName, versions } = useLogs(context);
  const checkpoints = new DynamoDbCheckpointStore({ tableName, dynamoDbClient });

  const [pikachu, raichu] = [newAggregateId(), newAggregateId()];
  let records: StreamRecord[];
  beforeAll(async () => {
    records = [...(await push(pikachu, 5)), ...(await push(raichu, 4))];
  });
  const { interval } = SAVING;
  afterEach(() => (SAVING.interval = interval));

  const newLog = (
    savePositionAfter?: SavePositionAfter,
    handle: (event: EventDetail) => void | Promise<void> = () => {},
    name = newName(),
  ) => {
    const handled: string[] = [];
    const on = async (event: EventDetail): Promise<void> => {
      await handle(event);
      handled.push(`${event.aggregateId} ${event.version}`);
    };
    const log = projection({
      name,
      eventStores: [pokemons],
      checkpoints,
      on: { POKEMON_NAMED: on },
      ...(savePositionAfter && { savePositionAfter }),
    });
    return Object.assign(log, { handled });
  };
  const writes = (): number => requests.filter(({ operation }) => operation === 'PutItem').length;
  const all = () => [...versions(pikachu, 1, 2, 3, 4, 5), ...versions(raichu, 1, 2, 3, 4)].toSorted();

  it.each([
    [undefined, 9],
    ['event' as const, 9],
    ['batch' as const, 2],
  ])('in a stream handler, with %s: %i write units for 9 events of 2 aggregates', async (savePositionAfter, units) => {
    const log = newLog(savePositionAfter);
    await createStreamHandler({ projections: [log] })(records);
    expect(log.handled.toSorted()).toStrictEqual(all());
    expect(requests.map(({ operation }) => operation)).toStrictEqual([
      'BatchGetItem',
      ...Array.from({ length: units }, () => 'PutItem'),
    ]);
    expect(requests.slice(1).reduce((sum, request) => sum + (request.units ?? 0), 0)).toBe(units);

    requests.splice(0);
    await createStreamHandler({ projections: [log] })(records);
    expect([log.handled.length, writes()]).toStrictEqual([9, 0]);
  });

  it.each([
    [undefined, 2],
    ['event' as const, 9],
    ['batch' as const, 2],
  ])('in a replay, with %s: %i writes of positions', async (savePositionAfter, positions) => {
    const log = newLog(savePositionAfter);
    const { items } = await replayEvents({ projections: [log], segments: 1 });
    expect([items, log.handled.toSorted()]).toStrictEqual([9, all()]);
    expect(writes()).toBe(positions + 1); // the checkpoint of the page
  });

  it('before an event that fails: those before it do not come again', async () => {
    let attempts = 0;
    const log = newLog('batch', ({ aggregateId, version }) => {
      if (aggregateId === pikachu && version === 4 && ++attempts < 3) throw new RangeError('broken');
    });
    await createStreamHandler({ projections: [log] })(records);
    expect(attempts).toBe(3);
    expect(log.handled.toSorted()).toStrictEqual(all());
    expect(writes()).toBe(3);
  });

  it('when the time is over: what was handled does not come again', async () => {
    const name = newName();
    let remaining = 10_000;
    const late = newLog(
      'batch',
      ({ aggregateId, version }) => {
        if (aggregateId === pikachu && version === 2) remaining = 10;
      },
      name,
    );
    const handler = createStreamHandler({ projections: [late], concurrency: 1 });
    const { batchItemFailures } = await handler(records, { getRemainingTimeInMillis: () => remaining });
    expect(batchItemFailures).toHaveLength(2);
    expect(late.handled).toStrictEqual(versions(pikachu, 1, 2));

    const next = newLog('batch', undefined, name);
    await createStreamHandler({ projections: [next] })(records);
    expect([...late.handled, ...next.handled].toSorted()).toStrictEqual(all());
  });

  it('when handlers have taken a while, so that a crash repeats no more than that', async () => {
    SAVING.interval = 0;
    const log = newLog('batch');
    await createStreamHandler({ projections: [log] })(records);
    expect(writes()).toBe(9);
  });

  it('goes on from the position that another process has written', async () => {
    const name = newName();
    const rival = newLog('event', undefined, name);
    const log = newLog(
      'batch',
      async ({ aggregateId, version }) => {
        if (aggregateId === pikachu && version === 3) await createStreamHandler({ projections: [rival] })(records);
      },
      name,
    );
    await createStreamHandler({ projections: [log] })(records.slice(0, 5));
    expect(rival.handled.toSorted()).toStrictEqual(all());
    expect(log.handled).toStrictEqual(versions(pikachu, 1, 2, 3, 4, 5));

    requests.splice(0);
    await createStreamHandler({ projections: [log] })(records);
    expect(writes()).toBe(0);
  });

  it('refuses any other way by name', () => {
    expect(() => newLog('never' as never)).toThrow(
      expect.objectContaining({ code: 'InvalidArgumentError', argument: 'savePositionAfter' }),
    );
  });
});
