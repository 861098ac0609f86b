import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import { checkProps, InvalidEventTablePropsError, isKnown, type PropNames, refuse } from './checks.js';
import type { EventTableStreamHandler } from './EventTableStreamHandler.js';
import type { IEventTable } from './IEventTable.js';
import { ProjectionTable } from './ProjectionTable.js';
import type { StreamHandlerProps } from './StreamHandlerProps.js';

export interface LiveFeedApiProps {
  /** The tables whose events are shown. Each has a stream. */
  readonly eventTables: readonly IEventTable[];

  /** The function that answers clients: the `handler` of `createFeedHandlers`. Give it 29 seconds, which a message may take. */
  readonly webSocketHandler: lambda.IFunction;

  /** The function that sends events: `createStreamHandler` with the `projection` of `createFeedHandlers`. */
  readonly streamHandler: lambda.IFunction;

  /**
   * What is said about the stream handler, on each table's stream.
   *
   * @default - as `addStreamHandler` has it
   */
  readonly streamHandlerProps?: StreamHandlerProps;

  /**
   * The table of connections and of what was sent to them, with a time to live.
   *
   * @default - a new one
   */
  readonly feedTable?: ProjectionTable;

  /**
   * The last part of the address: 1 to 128 letters, digits, _ and -.
   *
   * @default 'live'
   */
  readonly stageName?: string;
}

const NAMES = {
  eventTables: true,
  webSocketHandler: true,
  streamHandler: true,
  streamHandlerProps: true,
  feedTable: true,
  stageName: true,
} satisfies PropNames<LiveFeedApiProps>;

/**
 * A WebSocket API of API Gateway that shows events as they happen, for `createFeedHandlers` of `@castore-dynamodb/live`: the
 * API with its stage, the table of connections, the functions' permissions, and the stream handler on each event table.
 *
 * The functions get their environment from you: `feedTable.tableName` and `callbackUrl`.
 *
 * @example
 * ```ts
 * const api = new LiveFeedApi(stack, 'Live', { eventTables: [events], webSocketHandler, streamHandler });
 * for (const each of [webSocketHandler, streamHandler]) {
 *   each.addEnvironment('FEED_TABLE', api.feedTable.tableName);
 *   each.addEnvironment('CALLBACK_URL', api.callbackUrl);
 * }
 * ```
 */
export class LiveFeedApi extends Construct {
  /** What clients connect to: `wss://…`. */
  readonly url: string;

  /** The `endpoint` of the management API, through which the functions send: `https://…`. */
  readonly callbackUrl: string;

  /** The table of connections: the `tableName` of `createFeedHandlers`. */
  readonly feedTable: ProjectionTable;

  /** The underlying API, for whatever has no name here. */
  readonly api: apigatewayv2.WebSocketApi;

  /** Its only stage. */
  readonly stage: apigatewayv2.WebSocketStage;

  /** The stream handler on each of the event tables, in their order. */
  readonly streamHandlers: readonly EventTableStreamHandler[];

  /** @throws InvalidEventTablePropsError for props that mean nothing, or cannot be deployed. */
  constructor(scope: Construct, id: string, props: LiveFeedApiProps) {
    super(scope, id);
    checkLiveFeedApiProps(props);
    const { eventTables, webSocketHandler, streamHandler, streamHandlerProps, stageName = 'live' } = props;
    this.feedTable = props.feedTable ?? new ProjectionTable(this, 'Table', { timeToLive: true });

    const route = (name: string) => ({ integration: new WebSocketLambdaIntegration(name, webSocketHandler) });
    this.api = new apigatewayv2.WebSocketApi(this, 'Api', {
      connectRouteOptions: route('Connect'),
      disconnectRouteOptions: route('Disconnect'),
      defaultRouteOptions: route('Message'),
    });
    this.stage = new apigatewayv2.WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName,
      autoDeploy: true,
    });
    this.url = this.stage.url;
    this.callbackUrl = this.stage.callbackUrl;

    this.feedTable.grantLiveFeedConnections(webSocketHandler);
    this.feedTable.grantLiveFeedDeliveries(streamHandler);
    for (const table of eventTables) table.grantGetEvents(webSocketHandler);
    for (const handler of [webSocketHandler, streamHandler]) this.#grantManageConnections(handler);
    this.streamHandlers = eventTables.map(table => table.addStreamHandler(streamHandler, streamHandlerProps));
  }

  /**
   * Sending to a connection and closing it, of this stage alone.
   * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
   */
  #grantManageConnections(grantee: iam.IGrantable): void {
    const arnOf = (method: string): string =>
      Stack.of(this).formatArn({
        service: 'execute-api',
        resource: this.api.apiId,
        resourceName: `${this.stage.stageName}/${method}/@connections/*`,
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      });
    iam.Grant.addToPrincipal({
      grantee,
      actions: ['execute-api:ManageConnections'],
      resourceArns: ['POST', 'DELETE'].map(arnOf),
    }).assertSuccess();
  }
}

const checkLiveFeedApiProps = (props: LiveFeedApiProps): void => {
  checkProps(props, NAMES);
  const { eventTables, stageName } = props;
  if (!Array.isArray(eventTables) || eventTables.length === 0) {
    refuse('eventTables', 'one event table or more', eventTables);
  }
  for (const handler of ['webSocketHandler', 'streamHandler'] as const) {
    if (props[handler]?.functionArn === undefined) refuse(handler, 'a Lambda function', props[handler]);
  }
  if (isKnown(stageName) && !(typeof stageName === 'string' && /^[\w-]{1,128}$/.test(stageName))) {
    refuse('stageName', '1 to 128 letters, digits, _ and -', stageName);
  }
  if (props.webSocketHandler === props.streamHandler) {
    throw new InvalidEventTablePropsError(
      'streamHandler',
      'it is the webSocketHandler too. A function is called with one kind of event: deploy two functions of the same code, each with its handler.',
    );
  }
};
