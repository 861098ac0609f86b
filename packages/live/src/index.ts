export {
  createFeedHandlers,
  type FeedHandlers,
  type GatewayHandler,
} from './apiGateway/createFeedHandlers.js';
export type { FeedHandlersOptions } from './apiGateway/feedHandlersOptions.js';
export type { GatewayEvent, GatewayResponse } from './apiGateway/gatewayEvent.js';
export type { ManagementApi } from './apiGateway/poster.js';
export { EventFeed } from './eventFeed.js';
export type { EventFeedOptions } from './eventFeedOptions.js';
export type { Rights } from './filters/rights.js';
export type { Authorize } from './http/admission.js';
export type { HttpServer } from './http/attach.js';
export { type EventFilter, type FilterValue, PROTOCOL } from './protocol/protocol.js';
