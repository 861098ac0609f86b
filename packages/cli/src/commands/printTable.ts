import { EVENT_TABLE_LAYOUTS, type EventTableLayout, eventTableDefinition } from '@castore-dynamodb/table';
import { Option } from 'commander';

import type { CommandContext, RegisterCommand } from './command.js';

const FORMATS = ['cloudformation', 'terraform', 'cdk'] as const;

export type TableFormat = (typeof FORMATS)[number];

export const printTableCommand: RegisterCommand = add =>
  add({
    usage: 'print',
    description: 'print the definition of the table, to be deployed',
    example: 'table print --format terraform',
    work: printTable,
  })
    .addOption(new Option('-f, --format <format>', 'for').choices(FORMATS).default('cloudformation'))
    .addOption(new Option('--layout <layout>', 'of the table').choices(EVENT_TABLE_LAYOUTS).default('single-table'));

/** Prints the table's definition, to be deployed. No request. */
const printTable = async (
  { printer }: CommandContext,
  { format, layout }: { format: TableFormat; layout: EventTableLayout },
): Promise<void> => printer.document(WRITERS[format](layout));

const cloudFormation = (layout: EventTableLayout): string =>
  JSON.stringify(
    {
      Resources: {
        EventTable: {
          Type: 'AWS::DynamoDB::Table',
          DeletionPolicy: 'Retain',
          UpdateReplacePolicy: 'Retain',
          Properties: {
            ...eventTableDefinition(layout),
            BillingMode: 'PAY_PER_REQUEST',
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          },
        },
      },
    },
    undefined,
    2,
  );

const terraform = (layout: EventTableLayout): string => `module "events" {
  source = "git::https://github.com/OWNER/castore-dynamodb.git//packages/terraform-module?ref=@castore-dynamodb/table@VERSION"
  name   = "events"
  layout = "${layout}"
}`;

const cdk = (layout: EventTableLayout): string => `import { EventTable } from '@castore-dynamodb/cdk-construct';

new EventTable(this, 'EventTable', { layout: '${layout}' });`;

const WRITERS: Readonly<Record<TableFormat, (layout: EventTableLayout) => string>> = {
  cloudformation: cloudFormation,
  terraform,
  cdk,
};
