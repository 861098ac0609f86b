import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';

import {
  type BatchProjectionOptions,
  batchProjection,
  createStreamHandler,
  type EventBatch,
  replayEvents,
  type StreamRecord,
} from '../src/index.js';
import { describeOnEveryLayout } from './support/describeOnEveryLayout.js';
import { newAggregateId } from './support/eventStores.js';
import { useLogs } from './support/logs.js';

describeOnEveryLayout('batchProjection', context => {
  const { pokemons, dynamoDbClient } = context;
  const { tableName, push, newName } = useLogs(context);

  const start = (options: Partial<BatchProjectionOptions> = {}) => {
    const written: string[] = [];
    let ends = 0;
    const batches = batchProjection({
      name: newName(),
      eventStores: [pokemons],
      tableName,
      dynamoDbClient,
      since: async () => Date.now(),
      write: async ({ runs, positions }: EventBatch) => {
        await dynamoDbClient.send(new TransactWriteItemsCommand({ TransactItems: [...positions] }));
        written.push(...runs.flatMap(({ events }) => events.map(event => `${event.aggregateId} ${event.version}`)));
      },
      afterwards: async () => {
        ends++;
        return true;
      },
      ...options,
    });
    return { batches, handler: createStreamHandler({ projections: [batches] }), written, ends: () => ends };
  };
  const none = { batchItemFailures: [] };

  it('hands the events of a batch to one transaction, each once, also to several functions at the same time', async () => {
    const [pikachu, raichu] = [newAggregateId(), newAggregateId()];
    const records = [...(await push(pikachu, 25)), ...(await push(raichu, 2))];
    const { handler, written } = start();
    const answers = await Promise.all([1, 2, 3].map(() => handler({ Records: records })));
    expect(answers).toStrictEqual([none, none, none]);
    const versions = Array.from({ length: 25 }, (_, index) => `${pikachu} ${index + 1}`);
    expect(written.filter(name => name.startsWith(pikachu))).toStrictEqual(versions);
    expect(written.filter(name => name.startsWith(raichu))).toStrictEqual([`${raichu} 1`, `${raichu} 2`]);
  });

  it('does what comes afterwards also if everything was written before, and lets the batch come again if it fails', async () => {
    const records = await push(newAggregateId(), 1);
    let isBroken = true;
    const afterwards = async (): Promise<boolean> => !isBroken;
    const { handler, written } = start({ afterwards });
    const { batchItemFailures } = await handler({ Records: records });
    expect(batchItemFailures).toHaveLength(1);
    isBroken = false;
    await expect(handler({ Records: records })).resolves.toStrictEqual(none);
    expect(written).toHaveLength(1);
  });

  it('reads what is missing since it began, and nothing from before', async () => {
    const [old, young] = [newAggregateId(), newAggregateId()];
    await push(old, 30);
    const since = Date.now();
    const { handler, written } = start({ since: async () => since });
    const [, , third] = [...(await push(old, 31, 31)), ...(await push(young, 3))].slice(-3);
    const [late] = await push(old, 32, 32);
    await handler({ Records: [third, late] as StreamRecord[] });
    expect(written.toSorted()).toStrictEqual(
      [`${old} 31`, `${old} 32`, `${young} 1`, `${young} 2`, `${young} 3`].toSorted(),
    );
  });

  it('leaves replays alone', async () => {
    await push(newAggregateId(), 2);
    const { batches, written, ends } = start();
    await replayEvents({ projections: [batches] });
    expect([written, ends()]).toStrictEqual([[], 0]);
  });

  it('refuses what it cannot work with', () => {
    expect(() => start({ write: 'no' as never })).toThrow(expect.objectContaining({ argument: 'write' }));
    expect(() => start({ name: 'a#b' })).toThrow(expect.objectContaining({ argument: 'name' }));
    expect(() => start({ eventStores: [] })).toThrow(expect.objectContaining({ argument: 'eventStores' }));
    expect(() => start({ nothing: 1 } as never)).toThrow(expect.objectContaining({ code: 'InvalidArgumentError' }));
  });
});
