import { runInNewContext } from 'node:vm';

import {
  createStreamHandler,
  dynamoDbProjection,
  InMemoryCheckpointStore,
  type OnFailure,
  type Projection,
  projection,
  replayEvents,
} from '../src/index.js';
import { describeOnEveryLayout } from './support/describeOnEveryLayout.js';
import { newAggregateId } from './support/eventStores.js';
import { useProjectionTable } from './support/projectionTable.js';
import { recordOf } from './support/recordOf.js';

const revoked = Proxy.revocable({}, {});
revoked.revoke();

/** What may be thrown, and how a parked aggregate describes it. */
const THROWN: [string, unknown, { name: string; message: unknown }][] = [
  ['a string', 'broken', { name: 'string', message: 'broken' }],
  ['nothing', undefined, { name: 'undefined', message: '' }],
  ['null', null, { name: 'null', message: '' }],
  ['a bigint', 10n, { name: 'bigint', message: '10' }],
  ['a symbol', Symbol('broken'), { name: 'symbol', message: 'Symbol(broken)' }],
  ['an object', { code: 'E_PAY', message: 'broken' }, { name: 'E_PAY', message: 'broken' }],
  [
    'an error without a message',
    Object.assign(new Error('x'), { message: undefined, name: 'PaymentError' }),
    { name: 'PaymentError', message: '' },
  ],
  ['an error of another realm', runInNewContext('new RangeError("broken")'), { name: 'RangeError', message: 'broken' }],
  [
    'a message of 1 MB, cut between characters',
    new Error(`${'x'.repeat(999)}${'😀'.repeat(250_000)}`),
    { name: 'Error', message: `${'x'.repeat(999)}…` },
  ],
  [
    'a name of 500 kB',
    Object.assign(new Error('m'), { name: 'n'.repeat(500_000) }),
    { name: `${'n'.repeat(200)}…`, message: 'm' },
  ],
  [
    'a name that is a symbol',
    Object.assign(new Error('m'), { name: Symbol('s') }),
    { name: 'Symbol(s)', message: 'm' },
  ],
  [
    'a getter that throws',
    Object.defineProperty(new Error('m'), 'message', {
      get: () => {
        throw new Error('no');
      },
    }),
    { name: 'Error', message: '' },
  ],
  ['a revoked proxy', revoked.proxy, { name: 'object', message: '' }],
];

describeOnEveryLayout('Whatever is thrown', context => {
  const { pokemons, dynamoDbClient } = context;
  const tableName = useProjectionTable(dynamoDbClient);
  let projections = 0;

  const push = async () => {
    const aggregateId = newAggregateId();
    for (const version of [1, 2, 3]) {
      await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_NAMED', payload: 'Pika' });
    }
    return {
      aggregateId,
      records: await Promise.all([1, 2, 3].map(version => recordOf(context, aggregateId, version))),
    };
  };

  const projectionsThrowing = (throwsAt: { aggregateId: string; thrown: unknown }): Projection[] => {
    const handle = ({ aggregateId, version }: { aggregateId: string; version: number }): undefined => {
      if (aggregateId === throwsAt.aggregateId && version === 2) throw throwsAt.thrown;
    };
    const name = `thrown-${++projections}`;
    const checkpoints = new InMemoryCheckpointStore();
    return [
      projection({ name: `${name}-log`, eventStores: [pokemons], checkpoints, on: { POKEMON_NAMED: handle } }),
      dynamoDbProjection({
        name: `${name}-view`,
        eventStores: [pokemons],
        tableName,
        dynamoDbClient,
        key: event => event.aggregateId,
        project: { POKEMON_NAMED: (_, event) => handle(event) },
      }),
    ];
  };

  let warnings: jest.SpyInstance;
  beforeEach(() => {
    warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
  });
  afterEach(() => warnings.mockRestore());

  it.each(THROWN)('parks the aggregate, in a handler, a retry and a replay: %s', async (_, thrown, error) => {
    const { aggregateId, records } = await push();
    const throwing = projectionsThrowing({ aggregateId, thrown });
    const handler = createStreamHandler({ projections: throwing, maxAttempts: 1 });
    await expect(handler({ Records: records })).resolves.toStrictEqual({ batchItemFailures: [] });
    for (const one of throwing) {
      const [parked] = await one.listParked();
      expect(parked).toMatchObject({ aggregateId, version: 2, error });
      if (thrown === revoked.proxy) await expect(one.retryParked(parked as never)).resolves.toBe('parked');
      await expect(one.retryParked(parked as never, { skip: true })).resolves.toBe('done');
    }
    const replayed = projectionsThrowing({ aggregateId, thrown });
    await replayEvents({ projections: replayed, maxAttempts: 1 });
    for (const one of replayed) await expect(one.listParked()).resolves.toMatchObject([{ aggregateId, error }]);
  });

  it('by onFailure decides nothing: the event comes again, and is not parked', async () => {
    const { aggregateId, records } = await push();
    for (const [, thrown] of THROWN) {
      const throwing = projectionsThrowing({ aggregateId, thrown: new Error('broken') });
      const onFailure: OnFailure = () => {
        throw thrown;
      };
      const handler = createStreamHandler({ projections: throwing, onFailure, maxAttempts: 1 });
      const numbered = records.map((record, index) => ({
        ...record,
        dynamodb: { ...record.dynamodb, SequenceNumber: `${index + 1}` },
      }));
      await expect(handler({ Records: numbered })).resolves.toStrictEqual({
        batchItemFailures: [{ itemIdentifier: '2' }],
      });
      for (const one of throwing) await expect(one.listParked()).resolves.toStrictEqual([]);
    }
    expect(warnings).toHaveBeenCalledWith(
      expect.stringContaining('onFailure threw'),
      expect.objectContaining({ type: 'CallbackFailure' }),
    );
  });

  it('by onFailure of a replay ends the replay', async () => {
    const { aggregateId } = await push();
    const onFailure: OnFailure = () => {
      throw new RangeError('nobody there');
    };
    const projected = projectionsThrowing({ aggregateId, thrown: 'broken' });
    await expect(replayEvents({ projections: projected, onFailure, maxAttempts: 1 })).rejects.toThrow('nobody there');
    for (const one of projected) await expect(one.listParked()).resolves.toStrictEqual([]);
  });

  it('by onParked changes nothing', async () => {
    const { aggregateId, records } = await push();
    const throwing = projectionsThrowing({ aggregateId, thrown: 'broken' });
    const onParked = jest.fn(() => {
      throw revoked.proxy;
    });
    const handler = createStreamHandler({ projections: throwing, onParked, maxAttempts: 1 });
    await expect(handler({ Records: records })).resolves.toStrictEqual({ batchItemFailures: [] });
    expect(onParked.mock.calls).toMatchObject(
      throwing.map(({ name }) => [{ projection: name, aggregateId, version: 2, error: { name: 'string' } }]),
    );
    expect(warnings).toHaveBeenCalledWith(
      expect.stringContaining('onParked threw'),
      expect.objectContaining({ type: 'CallbackFailure' }),
    );
  });
});
