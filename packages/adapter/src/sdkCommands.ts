/**
 * The commands that adapters send, imported from the SDK here only. For each module that imports one of them, a bundler
 * copies all exports of the SDK, several hundred, as the process starts; that takes longer than all else of the adapter.
 */
export { PutItemCommand, QueryCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
