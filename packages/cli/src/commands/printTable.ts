import { type EventTableLayout, eventTableDefinition } from '@castore-dynamodb/table';

import type { CommandContext } from './command.js';

export const FORMATS = ['cloudformation', 'terraform', 'cdk'] as const;

export type TableFormat = (typeof FORMATS)[number];

/** Prints the table's definition, to be deployed. No request. */
export const printTable = async (
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
