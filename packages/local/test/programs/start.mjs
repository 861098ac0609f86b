// Starts an engine with what `npm run build` made, for ES modules, and goes on as told.
import { startLocalDynamoDb } from '@castore-dynamodb/local';

import { goOn } from './goOn.cjs';

const [engine, ending] = process.argv.slice(2);
await goOn(await startLocalDynamoDb({ engine: engine || undefined }), ending);
