// Starts an engine and stops it again; writes which it was, or the error, as JSON. On another platform, if one is given.
import { startLocalDynamoDb } from '@castore-dynamodb/local';

const [platform] = process.argv.slice(2);
if (platform !== undefined) Object.defineProperty(process, 'platform', { value: platform });

try {
  const { engine, stop } = await startLocalDynamoDb();
  await stop();
  console.log(JSON.stringify({ engine }));
} catch (error) {
  if (!('engines' in error || 'engine' in error)) throw error;
  console.log(JSON.stringify({ ...error, message: error.message }));
}
