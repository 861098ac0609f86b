import { CastoreDynamoDbError } from '@castore-dynamodb/commons';

/** What errors of `runOnce` have in common. None of them holds a key, an input or a result. */
abstract class RunOnceError extends CastoreDynamoDbError {
  readonly commandId: string;

  constructor(code: string, commandId: string, explanation: string, options?: ErrorOptions) {
    super(code, `Command ${JSON.stringify(commandId)}: ${explanation}`, options);
    this.commandId = commandId;
  }
}

/** A command was called with a key that an earlier call had used for another input. Nothing was written. */
export class DifferentInputError extends RunOnceError {
  declare readonly code: 'DifferentInputError';

  constructor(commandId: string) {
    super(
      'DifferentInputError',
      commandId,
      'it has run with this key already, for another input. Use a different key for each thing to do, and leave out of the input what changes from one delivery to the next.',
    );
  }
}

/** Why `runOnce` refuses a push. */
export type UnsupportedPushReason = 'several-pushes' | 'after-return' | 'outside-the-group';

const UNSUPPORTED_PUSHES: Record<UnsupportedPushReason, string> = {
  'several-pushes':
    'it pushed more than once, and only one transaction can be written with its result. Nothing was written. Push all events in one group.',
  'after-return': 'it pushed after its handler had returned. The push was not sent. Await every push in the handler.',
  'outside-the-group':
    'it pushed a group that begins with an event of an event store that the handler was not given. Nothing was written. Use the event stores that the handler is called with.',
};

/** A command that `runOnce` made pushes in a way that would not be atomic with its result. */
export class UnsupportedPushError extends RunOnceError {
  declare readonly code: 'UnsupportedPushError';
  readonly reason: UnsupportedPushReason;

  constructor(commandId: string, reason: UnsupportedPushReason) {
    super('UnsupportedPushError', commandId, UNSUPPORTED_PUSHES[reason]);
    this.reason = reason;
  }
}

/** A command's result is too large to be kept. Nothing was written. */
export class ResultTooLargeError extends RunOnceError {
  declare readonly code: 'ResultTooLargeError';
  /** In bytes, as DynamoDB counts values. */
  readonly size: number;
  readonly limit: number;

  constructor(commandId: string, size: number, limit: number) {
    super(
      'ResultTooLargeError',
      commandId,
      `its result has ${size} bytes; ${limit} are kept at most. Nothing was written. Return ids instead of what they stand for.`,
    );
    this.size = size;
    this.limit = limit;
  }
}

/** What is stored under a command's key is no result that this version can read. The command has run, or somebody else wrote there. */
export class UnreadableResultError extends RunOnceError {
  declare readonly code: 'UnreadableResultError';

  constructor(commandId: string, options?: ErrorOptions) {
    super(
      'UnreadableResultError',
      commandId,
      'the result that is stored for this key cannot be read. Newer code may have written it.',
      options,
    );
  }
}

/** Another call with the same key was being written for as long as this one tried. It may be called again. */
export class CommandUnderWayError extends RunOnceError {
  declare readonly code: 'CommandUnderWayError';

  constructor(commandId: string, options?: ErrorOptions) {
    super(
      'CommandUnderWayError',
      commandId,
      'another call with this key is being written. Call again in a moment, with the same key.',
      options,
    );
  }
}
