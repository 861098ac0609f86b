import { CastoreDynamoDbError } from './castoreDynamoDbError.js';

/** What is wrong with a refused event group. */
export type InvalidEventGroupReason =
  | 'different-accounts-or-regions'
  | 'different-timestamps'
  | 'duplicate-event'
  | 'foreign-adapter'
  | 'missing-context'
  | 'no-events'
  | 'not-a-grouped-event'
  | 'too-large'
  | 'too-many-events';

/** An event group was refused before any event was written. */
export class InvalidEventGroupError extends CastoreDynamoDbError {
  declare readonly code: 'InvalidEventGroupError';
  readonly reason: InvalidEventGroupReason;
  /** The offending event's position in the group, from 0; undefined where the group as a whole is wrong. */
  readonly eventIndex: number | undefined;

  constructor(reason: InvalidEventGroupReason, explanation: string, eventIndex?: number) {
    super(
      'InvalidEventGroupError',
      eventIndex === undefined
        ? `Invalid event group: ${explanation}`
        : `Invalid event group, event at index ${eventIndex}: ${explanation}`,
    );
    this.reason = reason;
    this.eventIndex = eventIndex;
  }
}
