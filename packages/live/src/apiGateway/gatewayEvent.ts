import { isObject, refuse } from '@castore-dynamodb/commons';

/**
 * What API Gateway hands to a Lambda function for a WebSocket API, as far as it is needed here: the `APIGatewayProxyEvent`
 * of `@types/aws-lambda` fits.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
 *
 * @example
 * const authorize = ({ queryStringParameters }: GatewayEvent) =>
 *   queryStringParameters?.tenant === undefined ? false : { aggregateIds: [queryStringParameters.tenant] };
 */
export interface GatewayEvent {
  readonly requestContext: {
    readonly connectionId?: string | undefined;
    readonly eventType?: string | undefined;
    readonly domainName?: string | undefined;
  };
  /** Only of `$connect`. */
  readonly headers?: { readonly [name: string]: string | undefined } | null | undefined;
  readonly queryStringParameters?: { readonly [name: string]: string | undefined } | null | undefined;
  readonly body?: string | null | undefined;
  readonly isBase64Encoded?: boolean | undefined;
}

/**
 * @example
 * const { statusCode }: GatewayResponse = await createFeedHandlers(feedOptions).handler(gatewayEvent);
 */
export interface GatewayResponse {
  readonly statusCode: number;
  readonly headers?: { readonly [name: string]: string };
}

/** @throws InvalidArgumentError for what is no event of a WebSocket API */
export const connectionIdOf = (event: GatewayEvent): string => {
  const { connectionId } = (isObject(event) && isObject(event.requestContext) ? event.requestContext : {}) as {
    connectionId?: unknown;
  };
  if (typeof connectionId === 'string' && connectionId !== '') return connectionId;
  return refuse('event', 'an event of a WebSocket API of API Gateway', event);
};

/** Names of headers come as the client wrote them. */
export const headerOf = ({ headers }: GatewayEvent, name: string): string | undefined =>
  Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
