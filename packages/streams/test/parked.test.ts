import { createStreamHandler, type OnFailure, type ProjectionFailure } from '../src/index.js';
import { describeOnEveryLayout } from './support/describeOnEveryLayout.js';
import { newAggregateId } from './support/eventStores.js';
import { useLogs } from './support/logs.js';

describeOnEveryLayout('A parked aggregate', context => {
  const { push, newLog, versions } = useLogs(context);

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

    // Later events wait for it.
    await handler({ Records: await push(pikachu, 4, 4) });
    expect(log.handled).toHaveLength(3);
    expect(failures).toHaveLength(1);
    const parked = await log.listParked();
    const places = [pikachu, raichu, 'nobody', pikachu].map(aggregateId => ({ eventStoreId: 'POKEMONS', aggregateId }));
    await expect(log.positionsOf(places)).resolves.toStrictEqual([
      { version: 1, isParked: true },
      { version: 2, isParked: false },
      { version: 0, isParked: false },
      { version: 1, isParked: true },
    ]);
    await expect(log.positionsOf([{ eventStoreId: 'DIGIMONS', aggregateId: pikachu }])).rejects.toMatchObject({
      code: 'InvalidArgumentError',
      argument: 'aggregates[0].eventStoreId',
    });
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

  it('goes on after an event that is to be skipped', async () => {
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
});
