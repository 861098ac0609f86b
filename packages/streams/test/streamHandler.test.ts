import {
  createStreamHandler,
  DynamoDbCheckpointStore,
  ImageParser,
  InMemoryCheckpointStore,
  type OnFailure,
  type ProjectionFailure,
  type StreamRecord,
} from '../src/index.js';
import { describeOnEveryLayout } from './support/describeOnEveryLayout.js';
import { newAggregateId } from './support/eventStores.js';
import { useLogs } from './support/logs.js';
import { recordOf } from './support/recordOf.js';

describeOnEveryLayout('createStreamHandler', context => {
  const { pokemons, dynamoDbClient, requests } = context;
  const { push, sequenceNumbers, newLog, newName, versions } = useLogs(context);

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

  it('drops what comes again, also if it comes late', async () => {
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

  it('reads an event whose image cannot be read, and parks if that event cannot be read either', async () => {
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

  it('takes no bytes that went through JSON as an object for empty ones, and reads the event', async () => {
    const aggregateId = newAggregateId();
    const payload = { bytes: new Uint8Array([1, 2, 255]) };
    await pokemons.pushEvent({ aggregateId, version: 1, type: 'POKEMON_NAMED', payload });
    const record = JSON.parse(JSON.stringify(await recordOf(context, aggregateId, 1))) as StreamRecord;
    expect(record.dynamodb?.NewImage?.['payload']).toStrictEqual({ M: { bytes: { B: { 0: 1, 1: 2, 2: 255 } } } });

    const log = newLog();
    await createStreamHandler({ projections: [log] })({ Records: [record] });
    expect(log.events.map(event => event.payload)).toStrictEqual([payload]);
    const imageParser = new ImageParser({ sourceEventStores: [pokemons] });
    expect(() => imageParser.parseRecord(record)).toThrow(expect.objectContaining({ code: 'UnreadableEventError' }));
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

  it('warns of a failure if nobody listens, without what the event or the error holds', async () => {
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
