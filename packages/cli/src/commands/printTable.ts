import { eventTableDefinition } from '@castore-dynamodb/table';
import { Option } from 'commander';

import type { CommandContext, RegisterCommand } from './command.js';
import { checkNewTableName, type TableSettings, withTableSettings } from './tableSettings.js';

const FORMATS = ['cloudformation', 'terraform', 'cdk'] as const;

interface PrintTableOptions extends TableSettings {
  readonly format: (typeof FORMATS)[number];
}

/** What is printed of: its name, if the table is to have a certain one. */
type Settings = TableSettings & { readonly tableName: string | undefined };

export const printTableCommand: RegisterCommand = add =>
  withTableSettings(
    add({
      usage: 'print',
      description: 'print the definition of the table, to be deployed',
      example: 'table print --format terraform --stream',
      work: printTable,
    }).addOption(new Option('-f, --format <format>', 'for').choices(FORMATS).default('cloudformation')),
  );

/** Prints the table's definition, to be deployed. No request. */
const printTable = async (
  { printer, options }: CommandContext,
  { format, ...settings }: PrintTableOptions,
): Promise<void> => {
  const tableName = options.table === undefined ? undefined : checkNewTableName(options.table);
  await printer.document(WRITERS[format]({ ...settings, tableName }));
};

const cloudFormation = ({ layout, stream, pointInTimeRecovery, deletionProtection, tableName }: Settings): string =>
  JSON.stringify(
    {
      Resources: {
        EventTable: {
          Type: 'AWS::DynamoDB::Table',
          DeletionPolicy: 'Retain',
          UpdateReplacePolicy: 'Retain',
          Properties: {
            ...(tableName !== undefined && { TableName: tableName }),
            ...eventTableDefinition(layout),
            BillingMode: 'PAY_PER_REQUEST',
            DeletionProtectionEnabled: deletionProtection,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: pointInTimeRecovery },
            ...(stream && { StreamSpecification: { StreamViewType: 'NEW_IMAGE' } }),
          },
        },
      },
    },
    undefined,
    2,
  );

const terraform = ({ layout, stream, pointInTimeRecovery, deletionProtection, tableName }: Settings): string =>
  [
    'module "events" {',
    '  source = "git::https://github.com/OWNER/castore-dynamodb.git//packages/terraform-module?ref=@castore-dynamodb/table@VERSION"',
    `  name   = "${tableName ?? 'events'}"`,
    `  layout = "${layout}"`,
    ...(stream ? ['', '  stream_enabled = true'] : []),
    ...(pointInTimeRecovery ? [] : ['', '  point_in_time_recovery_enabled = false']),
    ...(deletionProtection ? [] : ['', '  deletion_protection_enabled = false']),
    '}',
  ].join('\n');

const cdk = ({ layout, stream, pointInTimeRecovery, deletionProtection, tableName }: Settings): string =>
  [
    "import { EventTable } from '@castore-dynamodb/cdk-construct';",
    ...(stream ? ["import { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';"] : []),
    '',
    "new EventTable(this, 'EventTable', {",
    ...(tableName === undefined ? [] : [`  tableName: '${tableName}',`]),
    `  layout: '${layout}',`,
    ...(stream ? ['  stream: StreamViewType.NEW_IMAGE,'] : []),
    ...(pointInTimeRecovery ? [] : ['  pointInTimeRecovery: false,']),
    ...(deletionProtection ? [] : ['  deletionProtection: false,']),
    '});',
  ].join('\n');

const WRITERS: Readonly<Record<PrintTableOptions['format'], (settings: Settings) => string>> = {
  cloudformation: cloudFormation,
  terraform,
  cdk,
};
