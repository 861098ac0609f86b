import { DynamoDbEventAlreadyExistsError, UnreadableEventError } from '../errors/index.js';
import type { Item } from '../events/eventItem.js';
import type { PreparedEvent } from './prepareEvent.js';

/** The error for a push that lost against `winner`, the item that was found in its place, or after a checked aggregate. */
export const conflictWith = (
  { location, decode }: Pick<PreparedEvent, 'location' | 'decode'>,
  winner: Item | undefined,
  cause: unknown,
): DynamoDbEventAlreadyExistsError => {
  hideItems(cause);
  if (winner === undefined) return new DynamoDbEventAlreadyExistsError(location, undefined, { cause });
  try {
    return new DynamoDbEventAlreadyExistsError(location, decode(winner), { cause });
  } catch (error) {
    if (!(error instanceof UnreadableEventError)) throw error;
    return new DynamoDbEventAlreadyExistsError(location, undefined, { cause: error });
  }
};

interface Refused {
  Item?: Item;
}

/** What DynamoDB hands back with a refusal is an event too: as little of it as of `winningEvent` is for a logger to print. */
const hideItems = (refusal: unknown): void => {
  const { CancellationReasons: reasons = [] } = refusal as { CancellationReasons?: Refused[] };
  for (const refused of [refusal as Refused, ...reasons]) {
    if (refused.Item !== undefined) Object.defineProperty(refused, 'Item', { enumerable: false });
  }
};
