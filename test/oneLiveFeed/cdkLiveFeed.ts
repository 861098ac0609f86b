import { EventTable, LiveFeedApi } from '@castore-dynamodb/cdk-construct';
import { functionIn, onlyResource, statementsOf, testApp } from '@castore-dynamodb/testing/synthesis';

import { permissionLines } from '../oneStreamHandler/streamHandlerShape.js';
import { API_ID, FEED, type LiveFeedShape } from './liveFeedShape.js';

const { stack, template } = testApp();

/** What `LiveFeedApi` comes to, without its stream handler, which is one of `addStreamHandler`. */
export const cdkLiveFeed = (): (() => LiveFeedShape) => {
  const within = stack({ env: { account: '111122223333', region: 'eu-west-1' } });
  const [webSocketHandler, streamHandler] = [functionIn(within, 'WebSocket'), functionIn(within, 'Sender')];
  const { streamArn } = FEED;
  const events = EventTable.fromTableName(within, 'Events', FEED.eventTableName, { streamArn });
  const feed = new LiveFeedApi(within, 'Live', { eventTables: [events], webSocketHandler, streamHandler });

  return () => {
    const known = (text: string): string =>
      text
        .replace(JSON.stringify(within.resolve(feed.feedTable.tableArn)), JSON.stringify(FEED.feedTableArn))
        .replaceAll(/\{"Fn::Join":\["",\[("[^\]]*)\]\]\}/g, (_, parts: string) =>
          JSON.stringify(
            (JSON.parse(`[${parts}]`) as unknown[]).map(part => (typeof part === 'string' ? part : API_ID)).join(''),
          ),
        );
    const permissionsOf = ({ role }: typeof webSocketHandler): string[] =>
      permissionLines(
        statementsOf(role).map(statement => JSON.parse(known(JSON.stringify(statement))) as object),
      ).filter(line => !line.includes('sqs:') && !line.includes('/stream/'));
    const resources = (type: string) => Object.values(template(within).findResources(type));
    const { ProtocolType } = onlyResource(template(within), 'AWS::ApiGatewayV2::Api').Properties;
    const { StageName, AutoDeploy } = onlyResource(template(within), 'AWS::ApiGatewayV2::Stage').Properties;
    return {
      api: { ProtocolType },
      stage: { StageName, AutoDeploy },
      routes: resources('AWS::ApiGatewayV2::Route')
        .map(({ Properties }) => Properties.RouteKey as string)
        .toSorted(),
      integrations: [
        ...new Set(
          resources('AWS::ApiGatewayV2::Integration').map(({ Properties }) => Properties.IntegrationType as string),
        ),
      ],
      permissions: {
        webSocket: permissionsOf(webSocketHandler),
        // Reading what the stream did not bring is the stream handler's.
        stream: permissionsOf(streamHandler).filter(line => !line.endsWith(FEED.eventTableArn)),
      },
    };
  };
};
