import { DescribeTableCommand, type DynamoDBClient, type TableDescription } from '@aws-sdk/client-dynamodb';
import {
  checkObject,
  checkString,
  isNamed,
  pause,
  type RequestOptions,
  request,
  withDeadline,
} from '@castore-dynamodb/commons';
import type { EventTableLayout } from '@castore-dynamodb/table';

/** How long one request about a table may take, over all of the SDK's own attempts. */
const REQUEST_DEADLINE_MS = 10_000;

/** How long a table may take until it is as wanted. */
const WAIT_DEADLINE_MS = 10 * 60_000;

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 2_000;

export interface EventTableName {
  /** The table's name or ARN. */
  tableName: string;
}

export interface EventTableReference extends EventTableName {
  layout: EventTableLayout;
}

export const checkTableName = (options: EventTableName): void => {
  checkObject(options, 'options');
  checkString(options.tableName, 'options.tableName');
};

/** A request about a table. Its answer is whole, and comes in time; its errors name the table. */
export const requestOfTable = <ANSWER>(
  options: Omit<RequestOptions<ANSWER>, 'deadlineMs'>,
  send: (options: { abortSignal: AbortSignal }) => Promise<ANSWER>,
): Promise<ANSWER> => request({ ...options, deadlineMs: REQUEST_DEADLINE_MS }, abortSignal => send({ abortSignal }));

/** Work that waits for a table, and ends in time. @throws DeadlineExceededError */
export const withinWait = (what: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> =>
  withDeadline({ operation: what, milliseconds: WAIT_DEADLINE_MS }, work);

export const describeTable = async (
  client: DynamoDBClient,
  tableName: string,
  signal?: AbortSignal,
): Promise<TableDescription> => {
  const { Table } = await requestOfTable(
    { operation: 'DescribeTable', tableName, requires: 'Table', signal },
    options => client.send(new DescribeTableCommand({ TableName: tableName }), options),
  );
  return Table as TableDescription;
};

/** Describes a table again and again until it is as wanted; undefined stands for a table that does not exist. */
export const waitForTable = async (
  client: DynamoDBClient,
  tableName: string,
  signal: AbortSignal,
  isAsWanted: (table: TableDescription | undefined) => boolean,
): Promise<void> => {
  for (let delay = FIRST_DELAY_MS; ; delay = Math.min(MAX_DELAY_MS, delay * 2)) {
    const table = await describeTable(client, tableName, signal).catch(error => {
      if (isNamed(error, 'ResourceNotFoundException')) return undefined;
      throw error;
    });
    if (isAsWanted(table)) return;
    await pause(delay, signal);
    signal.throwIfAborted();
  }
};

/** A table or an index that can be used. An update of settings goes on beside reads and writes. */
export const isActive = (status: string | undefined): boolean => status === 'ACTIVE' || status === 'UPDATING';
