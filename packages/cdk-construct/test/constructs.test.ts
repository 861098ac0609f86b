import { testApp } from '@castore-dynamodb/testing/synthesis';

import { describeEventTable } from './constructs/EventTable.js';
import { describeEventBucket } from './constructs/eventBucket.js';
import { describeLiveFeedApi } from './constructs/liveFeedApi.js';
import { describeProjectionTable } from './constructs/projectionTable.js';
import { describeStreamHandler } from './constructs/streamHandler.js';

// The CDK's own validation of templates takes three seconds to start, in each file.
const app = testApp({ builtinCloudFormationValidation: true });

describe.each([
  ['EventTable', describeEventTable],
  ['ProjectionTable', describeProjectionTable],
  ['a stream handler', describeStreamHandler],
  ['LiveFeedApi', describeLiveFeedApi],
  ['EventBucket', describeEventBucket],
])('%s', (_, describeConstruct) => {
  describeConstruct(app);
});

it('every template is what the schemas of CloudFormation allow', () => {
  expect(app.schemaViolations()).toEqual([]);
});
