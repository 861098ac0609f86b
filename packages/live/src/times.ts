import { HEARTBEAT_MS } from './protocol/protocol.js';

/** How long to wait, in milliseconds. An object, so that tests can shorten the waits. */
export const TIMES = {
  /** For `authorize`. */
  authorize: 10_000,
  /** For a client's first message. */
  subscribe: 10_000,
  /** For the network to take a message. */
  stall: 30_000,
  /** Between signs of life. */
  heartbeat: HEARTBEAT_MS,
  /** For clients to take leave when the feed stops. */
  leave: 2_000,
  /** Between looks whether somebody who was not read further waits to be caught up. */
  catchUpTurn: 2_000,
  /** For others to deliver what they have written. */
  deliveryTurn: 5_000,
  /** For a client on API Gateway to be sent what it has missed; an integration has 29 seconds. */
  gatewayCatchUp: 20_000,
  /** How old a position may be: DynamoDB keeps records for 24 hours, and reading takes time. */
  oldestPosition: 23.75 * 60 * 60 * 1000,
};
