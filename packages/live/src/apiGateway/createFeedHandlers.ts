import { batchProjection, type Projection } from '@castore-dynamodb/streams';

import { admit } from '../http/admission.js';
import { type ConnectionEnd, PROTOCOL } from '../protocol/protocol.js';
import { reporterOf } from '../reporter.js';
import { Audience } from './audience.js';
import { Delivery } from './delivery.js';
import { checkFeedHandlersOptions, type FeedHandlersOptions } from './feedHandlersOptions.js';
import { connectionIdOf, type GatewayEvent, type GatewayResponse, headerOf } from './gatewayEvent.js';
import { type GatewayMessage, parseGatewayMessage } from './gatewayMessage.js';
import { type SubscriptionParts, subscribeConnection } from './gatewaySubscription.js';
import { GatewayTable } from './gatewayTable.js';
import { LoggedEvents } from './loggedEvents.js';
import { formatLogPosition } from './logPosition.js';
import { Poster } from './poster.js';
import { SharedLog } from './sharedLog.js';

/** A Lambda function for routes of a WebSocket API. */
export type GatewayHandler = (event: GatewayEvent) => Promise<GatewayResponse>;

export interface FeedHandlers {
  /** For all routes of the WebSocket API. */
  readonly handler: GatewayHandler;
  /** For the route `$connect`. */
  readonly connect: GatewayHandler;
  /** For the route `$disconnect`. */
  readonly disconnect: GatewayHandler;
  /** For the route `$default`: whatever a client sends. */
  readonly message: GatewayHandler;
  /** For `createStreamHandler` of `@castore-dynamodb/streams`: sends events to those who are connected. */
  readonly projection: Projection;
}

/**
 * Shows events to browsers and services as they happen, through a WebSocket API of API Gateway: no process of yours has to
 * run. It is the protocol of `EventFeed`, for the same client.
 *
 * @example
 * const feed = createFeedHandlers({ eventStores: [pokemons], tableName, dynamoDbClient, managementApi, authorize: () => ({}) });
 * export const webSocketHandler = feed.handler;
 * export const streamHandler = createStreamHandler({ projections: [feed.projection] });
 *
 * @throws InvalidArgumentError
 */
export const createFeedHandlers = (options: FeedHandlersOptions): FeedHandlers => {
  checkFeedHandlersOptions(options);
  const { eventStores, tableName, dynamoDbClient, managementApi, name = 'live' } = options;
  const onError = reporterOf(options.onError);
  const table = new GatewayTable(tableName, dynamoDbClient);
  const log = new SharedLog(table, name);
  const audience = new Audience(table, name);
  const parts = {
    log,
    audience,
    events: new LoggedEvents(eventStores, onError),
    poster: new Poster(managementApi, onError),
  };
  const delivery = new Delivery(parts);

  const connect: GatewayHandler = async event => {
    const connectionId = connectionIdOf(event);
    const request = { origin: headerOf(event, 'origin'), host: event.requestContext.domainName };
    const { authorize, origins = [] } = options;
    const admission = await admit(request, { authorize: authorize && (() => authorize(event)), origins, onError });
    if ('status' in admission) return { statusCode: admission.status };
    await audience.add(connectionId, admission.rights.rights);
    const protocols = headerOf(event, 'sec-websocket-protocol')
      ?.split(',')
      .map(protocol => protocol.trim());
    if (protocols?.includes(PROTOCOL) !== true) return { statusCode: 200 };
    return { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': PROTOCOL } };
  };
  const disconnect: GatewayHandler = async event => {
    await audience.remove(connectionIdOf(event));
    return { statusCode: 200 };
  };
  const message: GatewayHandler = async event => {
    const connectionId = connectionIdOf(event);
    const ending = await answer(parts, connectionId, parseGatewayMessage(event));
    if (ending !== undefined) await end(parts, connectionId, ending);
    return { statusCode: 200 };
  };
  const projection = batchProjection({
    name,
    eventStores,
    tableName,
    dynamoDbClient,
    since: () => log.since(),
    write: batch => delivery.write(batch),
    afterwards: run => delivery.deliver(run),
  });
  const handlers: Record<string, GatewayHandler> = { CONNECT: connect, DISCONNECT: disconnect, MESSAGE: message };
  const handler: GatewayHandler = async event => {
    connectionIdOf(event);
    return (handlers[event.requestContext.eventType ?? ''] ?? message)(event);
  };
  return { handler, connect, disconnect, message, projection };
};

/** Why the connection is to be ended; undefined if it is not. */
const answer = async (
  parts: SubscriptionParts,
  connectionId: string,
  message: GatewayMessage | undefined,
): Promise<ConnectionEnd | undefined> => {
  if (message === undefined)
    return { reason: 'InvalidSubscription', message: 'The message is not of type "subscribe".' };
  // Before the connection is: who is listed after that has, or will get, what is not delivered yet.
  const head = await parts.log.head();
  const connection = await parts.audience.find(connectionId);
  // It was removed because something could not be sent to it, and its client has not noticed.
  if (connection === undefined) return { reason: 'Restart' };
  if (message.type === 'ping') {
    if (!connection.isSubscribed) return { reason: 'InvalidSubscription', message: 'There is no subscription yet.' };
    const position = formatLogPosition({ logId: head.logId, entry: head.delivered + 1, done: 0 });
    await parts.poster.post(connectionId, JSON.stringify({ type: 'position', position }));
    return undefined;
  }
  if (connection.isSubscribed) {
    return { reason: 'InvalidSubscription', message: 'A connection has one subscription.' };
  }
  return subscribeConnection(parts, head, { connectionId, rights: connection.rights, ...message });
};

const end = async (
  { audience, poster }: SubscriptionParts,
  connectionId: string,
  ending: ConnectionEnd,
): Promise<void> => {
  await audience.remove(connectionId);
  await poster.post(connectionId, JSON.stringify({ type: 'end', ...ending }));
  await poster.close(connectionId);
};
