export { InvalidArgumentError } from '@castore-dynamodb/commons';
