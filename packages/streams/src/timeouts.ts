/** How long to wait for what may never come, in milliseconds. An object, so that tests can shorten the waits. */
export const TIMEOUTS = {
  /** For an answer, over all of the SDK's own attempts; and for what is under way when a poller or a replay ends. */
  request: 30_000,
  /** For a poller's handler. Then it lets another poller have the lock. */
  handler: 300_000,
  /** For a shard to be listed again. */
  listing: 600_000,
};

/** Between attempts, whatever is tried again. */
export const BACK_OFF = { firstDelayMs: 50, maxDelayMs: 5_000 };
