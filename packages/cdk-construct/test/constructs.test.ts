// Each makes its stacks when it is imported, and its tests read their templates.
import './constructs/EventTable.js';
import './constructs/eventBucket.js';
import './constructs/liveFeedApi.js';
import './constructs/projectionTable.js';
import './constructs/streamHandler.js';

import { app } from './constructs/app.js';

it('every template is what the schemas of CloudFormation allow', () => {
  expect(app.schemaViolations()).toEqual([]);
});
