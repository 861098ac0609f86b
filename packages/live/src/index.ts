export { EventFeed } from './eventFeed.js';
export type { EventFeedOptions } from './eventFeedOptions.js';
export type { Rights } from './filters/rights.js';
export type { Authorize } from './http/admission.js';
export type { HttpServer } from './http/attach.js';
export { type EventFilter, type FilterValue, PROTOCOL } from './protocol/protocol.js';
