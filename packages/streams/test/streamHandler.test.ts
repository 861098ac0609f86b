import type { EventDetail } from '@castore/core';

import {
  type CheckpointStore,
  createStreamHandler,
  DynamoDbCheckpointStore,
  InMemoryCheckpointStore,
  type OnFailure,
  type Projection,
  type ProjectionFailure,
  projection,
  type StreamRecord,
} from '../src/index.js';
import { describeOnEveryLayout } from './support/describeOnEveryLayout.js';
import { newAggregateId } from './support/eventStores.js';
import { useProjectionTable } from './support/projectionTable.js';
import { lambdaRecords } from './support/streams.js';

const newName = (() => {
  let count = 0;
  return () => `log-${++count}`;
})();

describeOnEveryLayout('createStreamHandler', context => {
  const { pokemons, trainers, tableNames, dynamoDbClient, streamsClient, requests } = context;
  const tableName = useProjectionTable(dynamoDbClient);
  const checkpoints = new DynamoDbCheckpointStore({ tableName, dynamoDbClient });

  /** Pushes versions `from` to `to` of an aggregate, and returns their records in the table's stream. */
  const push = async (aggregateId: string, to: number, from = 1): Promise<StreamRecord[]> => {
    for (let version = from; version <= to; version++) {
      await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_NAMED', payload: { version } });
    }
    const records = await lambdaRecords(dynamoDbClient, streamsClient, tableNames.pokemons);
    requests.splice(0);
    return records.filter(
      ({ dynamodb }) =>
        dynamodb?.NewImage?.['aggregateId']?.S?.endsWith(aggregateId) === true &&
        Number(dynamodb.NewImage['version']?.N) >= from,
    );
  };

  const sequenceNumbers = (records: StreamRecord[]) =>
    records.map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber }));

  interface Log extends Projection {
    handled: string[];
    events: EventDetail[];
  }

  /** A projection that notes what it handles, and throws where it is told to. */
  const newLog = ({
    name = newName(),
    store = checkpoints,
    failing = () => false,
  }: {
    name?: string;
    store?: CheckpointStore;
    failing?: (event: EventDetail) => boolean;
  } = {}): Log => {
    const handled: string[] = [];
    const events: EventDetail[] = [];
    const handle = (event: EventDetail): void => {
      if (failing(event)) throw new RangeError(`no ${event.aggregateId}`);
      handled.push(`${event.aggregateId} ${event.version}`);
      events.push(event);
    };
    const log = projection({
      name,
      eventStores: [pokemons, trainers],
      checkpoints: store,
      on: { POKEMON_NAMED: handle, TRAINER_CREATED: handle },
    });
    return { ...log, handled, events };
  };

  const versions = (aggregateId: string, ...all: number[]) => all.map(version => `${aggregateId} ${version}`);

  it('handles the events of a batch in version order, once, and reports nothing', async () => {
    const [pikachu, raichu] = [newAggregateId(), newAggregateId()];
    const records = [...(await push(pikachu, 3)), ...(await push(raichu, 2))];
    const log = newLog();
    const handler = createStreamHandler({ projections: [log] });

    await expect(handler({ Records: records })).resolves.toStrictEqual({ batchItemFailures: [] });
    expect(log.handled.filter(name => name.startsWith(pikachu))).toStrictEqual(versions(pikachu, 1, 2, 3));
    expect(log.handled.filter(name => name.startsWith(raichu))).toStrictEqual(versions(raichu, 1, 2));
    const { events } = await pokemons.getEvents(raichu);
    expect(log.events.filter(({ aggregateId }) => aggregateId === raichu)).toStrictEqual(events);
  });

  it('costs a read for the positions of the batch, and a write unit for each event handled', async () => {
    const [pikachu, raichu] = [newAggregateId(), newAggregateId()];
    const handler = createStreamHandler({ projections: [newLog()] });
    await handler({ Records: [...(await push(pikachu, 1)), ...(await push(raichu, 1))] });

    const records = [...(await push(pikachu, 4, 2)), ...(await push(raichu, 2, 2))];
    await handler({ Records: records });
    expect(requests.map(({ operation, units }) => [operation, units])).toStrictEqual([
      ['BatchGetItem', 2],
      ...Array.from({ length: 4 }, () => ['PutItem', 1]),
    ]);
  });

  it('drops what comes again, also where it comes late', async () => {
    const id = newAggregateId();
    const records = await push(id, 3);
    const log = newLog();
    const handler = createStreamHandler({ projections: [log] });
    for (const batch of [records.slice(0, 2), records, records.slice(0, 1), [...records, ...records]]) {
      await handler({ Records: batch });
    }
    expect(log.handled).toStrictEqual(versions(id, 1, 2, 3));
  });

  it('reads what is missing between the position and a later event, and no more than that', async () => {
    const id = newAggregateId();
    const [first, , third, fourth] = await push(id, 4);
    const log = newLog();
    const handler = createStreamHandler({ projections: [log] });

    await handler({ Records: [fourth, first] as StreamRecord[] });
    expect(log.handled).toStrictEqual(versions(id, 1, 2, 3, 4));
    const queries = requests.filter(({ operation }) => operation === 'Query');
    expect(queries.map(({ input }) => [input['ConsistentRead'], input['ExpressionAttributeValues']])).toStrictEqual([
      [true, expect.objectContaining({ ':minVersion': { N: '2' }, ':maxVersion': { N: '3' } })],
    ]);
    await handler({ Records: [third] as StreamRecord[] });
    expect(log.handled).toHaveLength(4);
  });

  it('passes over event types without a handler, and moves its position past them', async () => {
    const id = newAggregateId();
    const records = await push(id, 1);
    await pokemons.pushEvent({ aggregateId: id, version: 2, type: 'POKEMON_CAUGHT', payload: { trainerId: 'ash' } });
    const log = newLog();
    const handler = createStreamHandler({ projections: [log] });
    await handler({ Records: [...records, ...(await push(id, 3, 2 + 1))] });
    expect(log.handled).toStrictEqual(versions(id, 1, 3));

    requests.splice(0);
    await handler({ Records: await push(id, 4, 4) });
    expect(requests.map(({ operation }) => operation)).toStrictEqual(['BatchGetItem', 'PutItem']);
  });

  it('reports the first record of an aggregate that is not done with, once for each, and only when retries are over', async () => {
    const [pikachu, raichu] = [newAggregateId(), newAggregateId()];
    const [pikachus, raichus] = [await push(pikachu, 3), await push(raichu, 1)];
    let isDown = true;
    const log = newLog({ failing: ({ aggregateId, version }) => isDown && aggregateId === pikachu && version >= 2 });
    const failures: ProjectionFailure[] = [];
    const onFailure: OnFailure = failure => {
      failures.push(failure);
      return 'retry';
    };
    const handler = createStreamHandler({ projections: [log], onFailure, maxAttempts: 2 });
    const batch = { Records: [...pikachus, ...raichus] };

    await expect(handler(batch)).resolves.toStrictEqual({ batchItemFailures: sequenceNumbers(pikachus.slice(1, 2)) });
    expect(failures).toMatchObject([{ kind: 'event', aggregateId: pikachu, version: 2, attempts: 2 }]);
    expect(failures[0]?.error).toBeInstanceOf(RangeError);
    expect(log.handled.toSorted()).toStrictEqual([...versions(pikachu, 1), ...versions(raichu, 1)].toSorted());

    // Lambda delivers again from there.
    isDown = false;
    await expect(handler({ Records: [...pikachus.slice(1), ...raichus] })).resolves.toStrictEqual({
      batchItemFailures: [],
    });
    expect(log.handled.slice(2)).toStrictEqual(versions(pikachu, 2, 3));
  });

  it('parks an aggregate whose event cannot be handled, lists it, and goes on with the others', async () => {
    const [pikachu, raichu] = [newAggregateId(), newAggregateId()];
    const records = [...(await push(pikachu, 3)), ...(await push(raichu, 2))];
    let isBroken = true;
    const log = newLog({ failing: ({ aggregateId, version }) => isBroken && aggregateId === pikachu && version === 2 });
    const failures: ProjectionFailure[] = [];
    const handler = createStreamHandler({ projections: [log], onFailure: failure => void failures.push(failure) });

    await expect(handler({ Records: records })).resolves.toStrictEqual({ batchItemFailures: [] });
    expect(log.handled.toSorted()).toStrictEqual([...versions(pikachu, 1), ...versions(raichu, 1, 2)].toSorted());
    expect(failures).toMatchObject([{ projection: log.name, version: 2, attempts: 5 }]);

    // Later events wait behind it.
    await handler({ Records: await push(pikachu, 4, 4) });
    expect(log.handled).toHaveLength(3);
    expect(failures).toHaveLength(1);
    const parked = await log.listParked();
    expect(parked).toStrictEqual([
      {
        eventStoreId: 'POKEMONS',
        aggregateId: pikachu,
        version: 2,
        error: { name: 'RangeError', message: `no ${pikachu}` },
        attempts: 5,
        parkedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      },
    ]);

    // Still broken: it stays. Repaired: it goes on with all that waited, and with what comes.
    await expect(log.retryParked(parked[0] as never)).resolves.toBe('parked');
    await expect(log.listParked()).resolves.toMatchObject([{ aggregateId: pikachu, version: 2 }]);
    isBroken = false;
    await expect(log.retryParked(parked[0] as never)).resolves.toBe('done');
    await expect(log.listParked()).resolves.toStrictEqual([]);
    await handler({ Records: await push(pikachu, 5, 5) });
    expect(log.handled.filter(name => name.startsWith(pikachu))).toStrictEqual(versions(pikachu, 1, 2, 3, 4, 5));
  });

  it('goes on behind an event that is to be skipped', async () => {
    const id = newAggregateId();
    const log = newLog({ failing: ({ version }) => version === 2 });
    await createStreamHandler({ projections: [log], onFailure: () => {}, maxAttempts: 1 })({
      Records: await push(id, 4),
    });
    await expect(log.retryParked({ eventStoreId: 'POKEMONS', aggregateId: id }, { skip: true })).resolves.toBe('done');
    expect(log.handled).toStrictEqual(versions(id, 1, 3, 4));
    await expect(log.retryParked({ eventStoreId: 'POKEMONS', aggregateId: id })).resolves.toBe('done');
    await expect(log.retryParked({ eventStoreId: 'DIGIMONS', aggregateId: id })).rejects.toMatchObject({
      code: 'InvalidArgumentError',
    });
  });

  it('skips no other event than the one that was parked when it was listed', async () => {
    const id = newAggregateId();
    let failing = new Set([2, 4]);
    const log = newLog({ failing: ({ version }) => failing.has(version) });
    await createStreamHandler({ projections: [log], onFailure: () => {}, maxAttempts: 1 })({
      Records: await push(id, 5),
    });
    const [listed] = await log.listParked();
    failing = new Set([4]);
    // Somebody else retries it meanwhile, and comes as far as the next bad event.
    await expect(log.retryParked(listed as never)).resolves.toBe('parked');

    await expect(log.retryParked(listed as never, { skip: true })).resolves.toBe('parked');
    expect(log.handled).toStrictEqual(versions(id, 1, 2, 3));
    const [next] = await log.listParked();
    expect(next?.version).toBe(4);
    await expect(log.retryParked(next as never, { skip: true })).resolves.toBe('done');
    expect(log.handled).toStrictEqual(versions(id, 1, 2, 3, 5));
  });

  it('waits for an event that is missing, and can be told to go on without it', async () => {
    const id = newAggregateId();
    const records = [...(await push(id, 2)), ...(await push(id, 6, 6))];
    const log = newLog();
    const failures: ProjectionFailure[] = [];
    const onFailure: OnFailure = failure => void failures.push(failure);
    const handler = createStreamHandler({ projections: [log], onFailure, maxAttempts: 1 });
    await handler({ Records: records });
    expect(log.handled).toStrictEqual(versions(id, 1, 2));
    expect(failures).toMatchObject([{ kind: 'event', version: 3, error: { code: 'MissingEventError', version: 3 } }]);

    await expect(log.retryParked({ eventStoreId: 'POKEMONS', aggregateId: id }, { skip: true })).resolves.toBe('done');
    expect(log.handled).toStrictEqual(versions(id, 1, 2, 6));
  });

  it('reads an event whose image cannot be read, and parks where that cannot be read either', async () => {
    const id = newAggregateId();
    const [first, second] = await push(id, 2);
    const image = { ...first?.dynamodb?.NewImage, payload: { M: { nothing: {} } } };
    const log = newLog();
    const handler = createStreamHandler({ projections: [log] });
    await handler({
      Records: [{ ...first, dynamodb: { ...first?.dynamodb, NewImage: image } }, second] as StreamRecord[],
    });
    expect(log.handled).toStrictEqual(versions(id, 1, 2));
    expect(log.events[0]?.payload).toStrictEqual({ version: 1 });
  });

  it('retries within the time that is left, and reports what it did not come to', async () => {
    const [pikachu, raichu] = [newAggregateId(), newAggregateId()];
    const [pikachus, raichus] = [await push(pikachu, 2), await push(raichu, 1)];
    let remaining = 10_000;
    let attempts = 0;
    const log = newLog({
      failing: ({ aggregateId }) => {
        if (aggregateId !== pikachu) return false;
        attempts++;
        remaining -= 5_000;
        return true;
      },
    });
    const onFailure = jest.fn();
    const handler = createStreamHandler({ projections: [log], onFailure, concurrency: 1 });
    const response = await handler(
      { Records: [...pikachus, ...raichus] },
      { getRemainingTimeInMillis: () => Math.max(0, remaining) },
    );
    expect(attempts).toBe(2);
    expect(onFailure).not.toHaveBeenCalled();
    expect(response).toStrictEqual({ batchItemFailures: sequenceNumbers(pikachus.slice(0, 1)) });
  });

  it('retries requests that fail, never parks for them, and says so', async () => {
    const id = newAggregateId();
    const records = await push(id, 2);
    const broken = new DynamoDbCheckpointStore({ tableName: 'there-is-no-such-table', dynamoDbClient });
    const log = newLog({ store: broken });
    const failures: ProjectionFailure[] = [];
    const handler = createStreamHandler({
      projections: [log],
      onFailure: failure => void failures.push(failure),
      maxAttempts: 2,
    });
    await expect(handler({ Records: records })).resolves.toStrictEqual({
      batchItemFailures: sequenceNumbers(records.slice(0, 1)),
    });
    expect(failures).toMatchObject([{ kind: 'passing', attempts: 2, error: { name: 'ResourceNotFoundException' } }]);
    expect(log.handled).toStrictEqual([]);
  });

  it('lets each projection go its own way', async () => {
    const id = newAggregateId();
    const records = await push(id, 2);
    const [good, bad] = [newLog(), newLog({ failing: () => true })];
    const handler = createStreamHandler({ projections: [bad, good], onFailure: () => 'retry', maxAttempts: 1 });
    await expect(handler({ Records: records })).resolves.toStrictEqual({
      batchItemFailures: sequenceNumbers(records.slice(0, 1)),
    });
    expect(good.handled).toStrictEqual(versions(id, 1, 2));
  });

  it('goes on from the position of another process that was faster', async () => {
    const id = newAggregateId();
    const records = await push(id, 3);
    const name = newName();
    const logs = [newLog({ name }), newLog({ name })];
    await Promise.all(logs.map(log => createStreamHandler({ projections: [log] })({ Records: records })));
    for (const version of [1, 2, 3]) {
      expect(logs.some(({ handled }) => handled.includes(`${id} ${version}`))).toBe(true);
    }
    const late = newLog({ name });
    await createStreamHandler({ projections: [late] })({ Records: records });
    expect(late.handled).toStrictEqual([]);
  });

  it('warns of a failure where nobody listens, without what the event or the error holds', async () => {
    const id = newAggregateId();
    const records = await push(id, 1);
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    await createStreamHandler({ projections: [newLog({ failing: () => true })], maxAttempts: 1 })({ Records: records });
    expect(emitWarning.mock.calls).toMatchObject([
      [expect.stringContaining('(RangeError)'), { type: 'ProjectionFailure' }],
    ]);
    expect(String(emitWarning.mock.calls[0]?.[0])).not.toContain(`no ${id}`);
    emitWarning.mockRestore();
  });

  it('takes memory for checkpoints too', async () => {
    const id = newAggregateId();
    const records = await push(id, 2);
    const log = newLog({ store: new InMemoryCheckpointStore(), failing: ({ version }) => version === 2 });
    await createStreamHandler({ projections: [log], onFailure: () => {}, maxAttempts: 1 })({ Records: records });
    await expect(log.listParked()).resolves.toMatchObject([{ version: 2 }]);
    await expect(log.retryParked({ eventStoreId: 'POKEMONS', aggregateId: id }, { skip: true })).resolves.toBe('done');
    await expect(log.listParked()).resolves.toStrictEqual([]);
  });
});
