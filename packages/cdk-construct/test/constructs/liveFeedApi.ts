import { functionIn, onlyResource, type TestApp, unsynthesizedApp } from '@castore-dynamodb/testing/synthesis';
import { Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';

import { EventTable, LiveFeedApi, ProjectionTable } from '../../src/index.js';

/** Of an app that the tests of all constructs share. */
export const describeLiveFeedApi = ({ stack, template }: TestApp): void => {
  const partsIn = (within: Stack) => ({
    eventTables: [new EventTable(within, 'Events', { stream: dynamodb.StreamViewType.NEW_IMAGE })],
    webSocketHandler: functionIn(within, 'WebSocket'),
    streamHandler: functionIn(within, 'Sender'),
  });

  const within = stack({ env: { account: '111122223333', region: 'eu-west-1' } });
  const parts = partsIn(within);
  const feed = new LiveFeedApi(within, 'Live', parts);
  for (const each of [parts.webSocketHandler, parts.streamHandler]) {
    each.addEnvironment('CALLBACK_URL', feed.callbackUrl);
    each.addEnvironment('FEED_TABLE', feed.feedTable.tableName);
  }

  it('makes an API with three routes, a table with a time to live, and a stream handler', () => {
    const synthesized = template(within);
    synthesized.resourceCountIs('AWS::ApiGatewayV2::Route', 3);
    synthesized.resourceCountIs('AWS::Lambda::EventSourceMapping', 1);
    expect(feed.streamHandlers).toHaveLength(1);
    const tables = Object.values(synthesized.findResources('AWS::DynamoDB::GlobalTable'));
    expect(tables.map(({ Properties }) => Properties.TimeToLiveSpecification)).toContainEqual({
      AttributeName: 'expiresAt',
      Enabled: true,
    });
    const permissions = Object.values(synthesized.findResources('AWS::Lambda::Permission'));
    expect(permissions.filter(({ Properties }) => Properties.Principal === 'apigateway.amazonaws.com')).toHaveLength(3);
  });

  it('has the addresses that clients and functions need', () => {
    const path = (url: string) => JSON.stringify(within.resolve(url));
    expect(path(feed.url)).toMatch(/wss:.*\/live/);
    expect(path(feed.callbackUrl)).toMatch(/https:.*\/live/);
  });

  const chosen = stack();
  const feedTable = new ProjectionTable(chosen, 'Feed', { timeToLive: true });
  new LiveFeedApi(chosen, 'Live', {
    ...partsIn(chosen),
    feedTable,
    stageName: 'v1',
    streamHandlerProps: { batchSize: 500 },
  });

  it('takes every prop', () => {
    expect(onlyResource(template(chosen), 'AWS::ApiGatewayV2::Stage').Properties['StageName']).toBe('v1');
    expect(onlyResource(template(chosen), 'AWS::Lambda::EventSourceMapping').Properties['BatchSize']).toBe(500);
    template(chosen).resourceCountIs('AWS::DynamoDB::GlobalTable', 2);
  });

  describe('refuses', () => {
    const scope = new Stack(unsynthesizedApp(), 'Stack');
    const good = partsIn(scope);
    it.each<[string, object]>([
      ['eventTables', { eventTables: [] }],
      ['webSocketHandler', { webSocketHandler: undefined }],
      ['streamHandler', { streamHandler: {} }],
      ['streamHandler', { streamHandler: good.webSocketHandler }],
      ['stageName', { stageName: 'a/b' }],
      ['nothing', { nothing: 1 }],
      ['streamHandler.batchSize', { streamHandlerProps: { batchSize: 0 } }],
    ])('a wrong %s', (prop, wrong) => {
      const id = `Live${Object.keys(wrong).join()}${JSON.stringify(Object.values(wrong).map(String))}`.replaceAll(
        /\W/g,
        '',
      );
      const create = () => new LiveFeedApi(scope, id, { ...good, ...wrong });
      expect(create).toThrow(expect.objectContaining({ code: 'InvalidEventTableProps', prop }));
    });
  });
};
