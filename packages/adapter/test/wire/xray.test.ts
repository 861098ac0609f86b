import { captureAWSv3Client, enableManualMode, Segment } from 'aws-xray-sdk-core';

import { caught, context, createAdapter, describeOnEveryAdapter, newAggregateId, rejection } from '../support.js';

interface Subsegment {
  name: string;
  aws?: { operation: string; table_name?: string; consumed_capacity?: object };
  http?: { response: { status: number } };
  error?: boolean;
  fault?: boolean;
}

describeOnEveryAdapter(
  "a client that X-Ray's SDK captures",
  ({ engine, layout, tableName }) => {
    it('shows each request in its segment, and serves as before', async () => {
      enableManualMode();
      const segment = new Segment('test');
      const client = captureAWSv3Client(engine.client(), segment);
      const adapter = createAdapter(layout, tableName, client);
      const event = caught(newAggregateId(), 1, { payload: { level: 42 } });

      await adapter.pushEvent(event, context);
      const conflict = await rejection(adapter.pushEvent(event, context));
      const { events } = await adapter.getEvents(event.aggregateId, context);

      expect(conflict).toMatchObject({ code: 'EventAlreadyExistsError', winningEvent: event });
      expect(events).toStrictEqual([event]);
      expect(segment.subsegments as Subsegment[]).toMatchObject([
        { name: 'DynamoDB', aws: { operation: 'PutItem', table_name: tableName }, http: { response: { status: 200 } } },
        { name: 'DynamoDB', aws: { operation: 'PutItem' }, http: { response: { status: 400 } }, error: true },
        { name: 'DynamoDB', aws: { operation: 'Query', table_name: tableName }, http: { response: { status: 200 } } },
      ]);
    });
  },
  ['single-table'],
);
