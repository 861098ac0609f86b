import { type EventTablePermissions, type EventTableResource, eventTableOperations } from '@castore-dynamodb/table';

import { UsageError } from '../errors.js';
import type { CommandContext, RegisterCommand } from './command.js';

/** What commands need that are no operation of the packages, on `--table`; a copy's target needs `import`. */
const COMMAND_OPERATIONS = {
  tail: {
    table: ['dynamodb:DescribeTable', 'dynamodb:Query'],
    anyStream: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
  },
  'copy --follow': {
    table: ['dynamodb:DescribeTable', 'dynamodb:Scan', 'dynamodb:Query'],
    anyStream: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
  },
  export: { table: ['dynamodb:DescribeTable', 'dynamodb:Scan'] },
  import: { table: ['dynamodb:DescribeTable', 'dynamodb:PutItem'] },
  copy: { table: ['dynamodb:DescribeTable', 'dynamodb:Scan'] },
  verify: { table: ['dynamodb:DescribeTable', 'dynamodb:Scan'] },
} as const satisfies Record<string, EventTablePermissions>;

const ALL: Readonly<Record<string, EventTablePermissions>> = { ...eventTableOperations, ...COMMAND_OPERATIONS };
const OPERATIONS = Object.keys(ALL);

export interface IamOptions {
  /** The ARN of the event table. */
  readonly tableArn: string;
  readonly projectionTableArn?: string | undefined;
  /** @default the event table */
  readonly snapshotTableArn?: string | undefined;
}

interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string;
}

export const iamCommand: RegisterCommand = add =>
  add({
    usage: 'iam <operations...>',
    description: `print the IAM policy for operations: ${OPERATIONS.join(', ')}`,
    example: 'iam getEvents pushEvent --table-arn arn:aws:dynamodb:eu-west-1:111122223333:table/events',
    work: iam,
  })
    .requiredOption('--table-arn <arn>', 'of the event table')
    .option('--projection-table-arn <arn>', 'of the table of projections, for operations on it')
    .option('--snapshot-table-arn <arn>', 'of the table of snapshots, if they have one of their own');

/** Prints the IAM policy that allows the operations and nothing else. No request. */
const iam = async ({ printer }: CommandContext, operations: readonly string[], options: IamOptions): Promise<void> => {
  checkArn('--table-arn', options.tableArn);
  checkArn('--projection-table-arn', options.projectionTableArn);
  checkArn('--snapshot-table-arn', options.snapshotTableArn);
  const policy = { Version: '2012-10-17', Statement: statementsOf(operations.map(checkOperation), options) };
  if (printer.isJson) await printer.json(policy);
  else await printer.document(JSON.stringify(policy, undefined, 2));
};

const checkArn = (option: string, arn: string | undefined): void => {
  // The partition is another one in China and GovCloud; an account may stand as a placeholder.
  if (arn === undefined || /^arn:[^:]+:dynamodb:[^:]*:[^:]*:table\/[^/]+$/.test(arn)) return;
  throw new UsageError(
    `${option} ${JSON.stringify(arn)} is not the ARN of a table, such as arn:aws:dynamodb:eu-west-1:111122223333:table/events.`,
  );
};

const checkOperation = (name: string): string => {
  if (!OPERATIONS.includes(name)) {
    throw new UsageError(`There is no operation ${JSON.stringify(name)}. Operations: ${OPERATIONS.join(', ')}.`);
  }
  return name;
};

const statementsOf = (operations: readonly string[], options: IamOptions): Statement[] => {
  const actionsOn = new Map<string, Set<string>>();
  for (const operation of operations) {
    for (const [resource, actions] of Object.entries(ALL[operation] ?? {})) {
      const arn = arnOf(resource as EventTableResource, options, operation);
      const all = actionsOn.get(arn) ?? new Set<string>();
      for (const action of actions) all.add(action);
      actionsOn.set(arn, all);
    }
  }
  return [...actionsOn].map(([Resource, actions]) => ({ Effect: 'Allow', Action: [...actions].toSorted(), Resource }));
};

const arnOf = (
  resource: EventTableResource,
  { tableArn, projectionTableArn, snapshotTableArn = tableArn }: IamOptions,
  operation: string,
): string => {
  switch (resource) {
    case 'table':
      return tableArn;
    case 'index':
      return `${tableArn}/index/initialEvents`;
    case 'stream':
    case 'anyStream':
      return `${tableArn}/stream/*`;
    case 'snapshotTable':
      return snapshotTableArn;
    case 'projectionTable':
      if (projectionTableArn !== undefined) return projectionTableArn;
      throw new UsageError(`${operation} needs permissions on the projection table: give --projection-table-arn.`);
  }
};
