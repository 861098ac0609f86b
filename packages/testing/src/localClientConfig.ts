export { localClientConfig } from '@castore-dynamodb/local';
