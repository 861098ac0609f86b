import { CastoreDynamoDbError } from '@castore-dynamodb/adapter';

/** Another process has the lock of a poller now, or may have it: the poller stops its work and waits for its turn. */
export class LostLockError extends CastoreDynamoDbError {
  declare readonly code: 'LostLockError';
  /** The poller's name. */
  readonly poller: string;

  constructor(poller: string) {
    super(
      'LostLockError',
      `Another process has taken over the work of poller ${JSON.stringify(poller)}, or may have: its lock was not renewed ` +
        'in time. It waits for its turn. Where this happens often, give the process more memory and CPU, or a greater lockTimeoutMs.',
    );
    this.poller = poller;
  }
}
