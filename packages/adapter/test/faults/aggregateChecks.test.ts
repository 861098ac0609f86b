import type { GroupedEvent } from '@castore/core';
import { impatient } from '@castore-dynamodb/testing/impatient';

import type { AggregateCheck } from '../../src/index.js';
import { type Adapter, caught, context, newAggregateId, rejection } from '../support.js';
import { always, beforeRepetition, countOf, describeWithFaults, forgetRequestTokens, inTurn } from './faultySupport.js';

describeWithFaults('a group with a check, under faults', ({ adapter, proxy, faultyAdapter }) => {
  const push = (faulty: Adapter, written: string, checked: string) => {
    const check: AggregateCheck = { ...context, aggregateId: checked, version: 0, eventStorageAdapter: faulty };
    const grouped = Object.assign(faulty.groupEvent(caught(written, 1)), { context }) as GroupedEvent;
    return faulty.pushEventGroup({ checks: [check] }, grouped);
  };
  const isWritten = async (aggregateId: string): Promise<boolean> =>
    (await adapter.getEvents(aggregateId, context)).events.length === 1;

  it.each(['with', 'without'])(
    'is acknowledged once if its answer was lost and the checked aggregate moved on since (%s its request token)',
    async token => {
      const { faulty, client } = faultyAdapter(impatient());
      if (token === 'without') forgetRequestTokens(client);
      const [written, checked] = [newAggregateId(), newAggregateId()];
      proxy().choose = inTurn('TransactWriteItems', 'no answer after');

      proxy().hold = beforeRepetition('TransactWriteItems', async () => {
        await expect(isWritten(written)).resolves.toBe(true);
        await adapter.pushEvent(caught(checked, 1), context);
      });

      await expect(push(faulty, written, checked)).resolves.toStrictEqual({
        eventGroup: [{ event: caught(written, 1) }],
      });
      expect(countOf(proxy(), 'TransactWriteItems')).toBe(2);
    },
  );

  it('is a true conflict if the checked aggregate moved on before anything was written', async () => {
    const { faulty } = faultyAdapter(impatient());
    const [written, checked] = [newAggregateId(), newAggregateId()];
    proxy().choose = inTurn('TransactWriteItems', 'no answer before');

    proxy().hold = beforeRepetition('TransactWriteItems', () => adapter.pushEvent(caught(checked, 1), context));

    const error = await rejection(push(faulty, written, checked));

    expect(error).toMatchObject({ code: 'EventAlreadyExistsError', aggregateId: checked, version: 1 });
    await expect(isWritten(written)).resolves.toBe(false);
  });

  it('waits for another transaction on the checked aggregate, and ends as a conflict about it', async () => {
    const { faulty } = faultyAdapter();
    const [written, checked] = [newAggregateId(), newAggregateId()];
    proxy().choose = inTurn('TransactWriteItems', 'transaction conflict', 'transaction conflict');
    await push(faulty, written, checked);
    expect(countOf(proxy(), 'TransactWriteItems')).toBe(3);

    // The proxy blames the last item, which is the check.
    proxy().choose = always('TransactWriteItems', 'transaction conflict');
    const error = await rejection(push(faulty, newAggregateId(), checked));
    expect(error).toMatchObject({ code: 'EventAlreadyExistsError', aggregateId: checked, version: 1 });
    expect(error).toMatchObject({ winningEvent: undefined, cause: { name: 'TransactionCanceledException' } });
  });
});
