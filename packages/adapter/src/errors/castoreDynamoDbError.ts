export { CastoreDynamoDbError } from '@castore-dynamodb/commons';
