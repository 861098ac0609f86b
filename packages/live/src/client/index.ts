export type { EventFilter, FilterValue } from '../protocol/protocol.js';
export { LiveError, type LiveErrorCode } from './liveError.js';
export { subscribe } from './subscribe.js';
export type { LiveEvent, LiveState, SubscribeOptions, Subscription } from './subscription.js';
