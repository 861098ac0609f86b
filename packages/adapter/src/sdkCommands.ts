/**
 * The commands that adapters send, imported from the SDK here only. For each module that imports one of them, esbuild
 * copies all exports of the SDK, several hundred, when the process starts.
 */
export { PutItemCommand, QueryCommand, ScanCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
