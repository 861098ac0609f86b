import { describeDynamoDbAdapters } from './describeDynamoDbAdapters.js';
import { OUR_ADAPTERS } from './testedAdapters.js';

describeDynamoDbAdapters(OUR_ADAPTERS);
