import { hasCode } from '@castore-dynamodb/commons';
import { eventually } from '@castore-dynamodb/testing/eventually';

import { InMemoryCheckpointStore, projection, type StreamPoller } from '../../src/index.js';
import { describeOnOneTable } from '../support/describeOnEveryLayout.js';
import { newAggregateId } from '../support/eventStores.js';
import { newName, usePollers } from '../support/pollers.js';

describeOnOneTable('the lock of a poller', context => {
  const { pokemons } = context;
  const { checkpoints, newPoller, newLog, push } = usePollers(context);

  it('waits while another one of its name works, and takes over when that stops', async () => {
    const pikachu = newAggregateId();
    const name = newName();
    const logs = [newLog(), newLog()] as const;
    const [first, second] = logs.map(log => newPoller({ name, projections: [log], lockTimeoutMs: 60_000 })) as [
      StreamPoller,
      StreamPoller,
    ];
    await first.start();
    await eventually(() => expect(first.state).toBe('running'));
    await second.start();
    expect(second.state).toBe('waiting');
    await push(pikachu, 1);
    await eventually(() => expect(logs[0].versionsOf(pikachu)).toStrictEqual([1]));
    expect(second.state).toBe('waiting');
    expect(logs[1].versionsOf(pikachu)).toStrictEqual([]);
    // One that waits can be stopped, too.
    await second.stop();
    await first.stop();

    await second.start();
    await push(pikachu, 2);
    await eventually(() => expect(logs[1].versionsOf(pikachu)).toStrictEqual([1, 2]));
  });

  it('takes over from one that died', async () => {
    const pikachu = newAggregateId();
    const name = newName();
    await checkpoints.write({ partition: name, sort: 'lock' }, '{"owner":"dead"}', undefined);
    await push(pikachu, 1);
    const log = newLog();
    const poller = newPoller({ name, projections: [log], lockTimeoutMs: 300 });
    await poller.start();
    expect(poller.state).toBe('waiting');
    await eventually(() => expect(log.versionsOf(pikachu)).toStrictEqual([1]));
  });

  it('stops to work if another one has taken its lock, and waits for it', async () => {
    const name = newName();
    const poller = newPoller({ name, lockTimeoutMs: 400 });
    await poller.start();
    await eventually(() => expect(poller.state).toBe('running'));
    const key = { partition: name, sort: 'lock' };
    const steal = async (): Promise<void> => {
      const [current] = await checkpoints.read([key]);
      expect(await checkpoints.write(key, '{"owner":"other"}', current?.revision)).toBeDefined();
    };
    await eventually(steal);
    await eventually(() => expect(poller.state).toBe('waiting'));
  });

  it('stops when what is under way is done, and keeps the lock until then', async () => {
    const [pikachu, name] = [newAggregateId(), newName()];
    let finish = (): void => {};
    let isBusy = false;
    const handled: number[] = [];
    const slow = projection({
      name: newName(),
      eventStores: [pokemons],
      checkpoints,
      on: {
        POKEMON_NAMED: async ({ aggregateId, version }) => {
          if (aggregateId !== pikachu) return;
          await new Promise<void>(resolve => {
            finish = resolve;
            isBusy = true;
          });
          handled.push(version);
        },
      },
    });
    // Long enough for a machine that has much to do.
    const poller = newPoller({ name, projections: [slow], lockTimeoutMs: 1_000 });
    const next = newPoller({ name, lockTimeoutMs: 1_000 });
    await poller.start();
    await push(pikachu, 1, 2);
    await eventually(() => expect(isBusy).toBe(true));
    await next.start();
    let isStopped = false;
    const stopped = poller.stop().then(() => {
      isStopped = true;
    });
    await new Promise(resolve => setTimeout(resolve, 1_600));
    expect(isStopped).toBe(false);
    expect(next.state).toBe('waiting');

    finish();
    await stopped;
    expect(handled).toStrictEqual([1]);
    await eventually(() => expect(next.state).toBe('running'));
  });

  /** Ends what hangs, so that no deadline of it keeps the process alive. */
  const hanging: (() => void)[] = [];
  afterEach(() => {
    for (const end of hanging.splice(0)) end();
  });

  /** A poller whose renewals of its lock hang as long as there are hanging ones left. */
  const newHangingPoller = (lockTimeoutMs: number) => {
    const store = new InMemoryCheckpointStore();
    const renewals = { hanging: 0, all: 0 };
    const write = store.write.bind(store);
    store.write = async (key, value, revision) => {
      if (key.sort === 'lock') renewals.all++;
      return key.sort !== 'lock' || renewals.hanging-- <= 0
        ? write(key, value, revision)
        : new Promise(resolve => void hanging.push(() => resolve(undefined)));
    };
    const errors: unknown[] = [];
    const onError = (error: unknown): void => {
      errors.push(error);
      // At once: a poller that asks for its lock anew must get an answer.
      if (hasCode(error, 'LostLockError')) renewals.hanging = 0;
    };
    return { renewals, errors, poller: newPoller({ checkpoints: store, lockTimeoutMs, onError }) };
  };

  it('stops to work if it cannot renew its lock in time', async () => {
    const { renewals, errors, poller } = newHangingPoller(600);
    await poller.start();
    await eventually(() => expect(poller.state).toBe('running'));
    renewals.hanging = Number.POSITIVE_INFINITY;
    await eventually(() => expect(errors).toContainEqual(expect.objectContaining({ code: 'LostLockError' })));
    await eventually(() => expect(poller.state).toBe('running'));
  });

  it('keeps its lock if one renewal gets no answer', async () => {
    const { renewals, errors, poller } = newHangingPoller(4_000);
    await poller.start();
    await eventually(() => expect(poller.state).toBe('running'));
    Object.assign(renewals, { hanging: 1, all: 0 });
    await eventually(() => expect(renewals.all).toBeGreaterThan(2));
    expect(poller.state).toBe('running');
    expect(errors).toMatchObject([{ code: 'DeadlineExceededError' }]);
  });
});
