import type { Put } from '@aws-sdk/client-dynamodb';
import type { EventDetail, GroupedEvent } from '@castore/core';
import { checkFunction, checkObject } from '@castore-dynamodb/commons';

/**
 * A group that is about to be written.
 *
 * @example
 * const namesIn = ({ events }: GroupToWrite): string[] => events.map(({ event }) => event.aggregateId);
 * putAlongside(caught, async group =>
 *   namesIn(group).map(name => ({ TableName: 'names', Item: { id: { S: name } } })),
 * );
 */
export interface GroupToWrite {
  /** The events exactly as they will be stored, in the order of the group: the very objects that the push resolves with. */
  readonly events: readonly { readonly eventStoreId: string; readonly event: EventDetail }[];
  /** Whether they overwrite what is there. */
  readonly force: boolean;
}

/** Says what else a group's transaction puts. A failure is the push's, and nothing is written. */
export type PutsAlongside = (group: GroupToWrite) => Promise<readonly Put[]>;

/** A registered symbol, as adapters of two copies of the package may meet in a group. */
const PUTS_ALONGSIDE = Symbol.for('@castore-dynamodb/adapter/putsAlongside');

/**
 * Lets the transaction that writes a grouped event put other items too: all are written, or none. `puts` is asked right
 * before the write, whoever pushes the group. May be called several times for one event.
 *
 * The items count towards the 100 and the 4 MB of a transaction, and cost two write units for each KB; an event alone then
 * costs as much. If the condition of a `Put` fails, the push fails with DynamoDB's `TransactionCanceledException`; a
 * conflict of the events is reported first, as ever. Items go to the account and region of the group's events.
 *
 * Works with the adapters of this package; others do not look at it.
 *
 * @throws InvalidArgumentError
 *
 * @example
 * const registered = trainers.groupEvent({ aggregateId: 'ash', version: 1, type: 'TRAINER_REGISTERED' });
 * putAlongside(registered, async () => [
 *   { TableName: 'names', Item: { id: { S: 'Ash' } }, ConditionExpression: 'attribute_not_exists(id)' },
 * ]);
 * await pushEventsTransaction([registered]);
 */
export const putAlongside = (groupedEvent: GroupedEvent, puts: PutsAlongside): void => {
  checkObject(groupedEvent, 'groupedEvent');
  checkFunction(puts, 'puts');
  Object.assign(groupedEvent, { [PUTS_ALONGSIDE]: [...putsOf(groupedEvent), puts] });
};

const putsOf = (groupedEvent: GroupedEvent): readonly PutsAlongside[] =>
  (groupedEvent as { [PUTS_ALONGSIDE]?: PutsAlongside[] })[PUTS_ALONGSIDE] ?? [];

/** All that is to be put beside the events of a group. */
export const collectPutsAlongside = async (
  groupedEvents: readonly GroupedEvent[],
  group: GroupToWrite,
): Promise<Put[]> => {
  const puts = await Promise.all(groupedEvents.flatMap(putsOf).map(put => put(group)));
  return puts.flat();
};
