import type { EventTableLayout } from '@castore-dynamodb/table';
import { Stack, Token } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';

import { checkProps, checkTableName, differ, InvalidEventTablePropsError, type PropNames, refuse } from './checks.js';
import { EventTableBase } from './EventTableBase.js';
import type { EventTableAttributes } from './EventTableProps.js';
import type { SecuredTable } from './grantOperation.js';
import { checkLayout } from './tableChecks.js';

export const DEFAULT_LAYOUT: EventTableLayout = 'single-table';

const NAMES = { layout: true, encryptionKey: true, streamArn: true } satisfies PropNames<EventTableAttributes>;

/** A table that something else deployed, in the account and region of this stack. */
export class ExistingEventTable extends EventTableBase {
  readonly layout: EventTableLayout;
  readonly tableName: string;
  readonly tableArn: string;
  readonly streamArn: string | undefined;
  protected readonly secured: SecuredTable;
  protected readonly hasReplicas = false;

  constructor(scope: Construct, id: string, tableName: string, attributes: EventTableAttributes) {
    checkTableName(tableName ?? '');
    checkProps(attributes, NAMES, 'attributes');
    const { layout = DEFAULT_LAYOUT, encryptionKey, streamArn } = attributes;
    const { region, account } = Stack.of(scope);
    checkLayout(layout);
    if (differ(encryptionKey?.env.region, region)) {
      refuse('attributes.encryptionKey', `a key of the table's region ${region}`, encryptionKey?.env.region);
    }
    if (streamArn !== undefined) checkStreamArn(streamArn, { tableName, region, account });

    super(scope, id);
    const table = dynamodb.TableV2.fromTableName(this, 'Table', tableName);
    this.layout = layout;
    this.tableName = table.tableName;
    this.tableArn = table.tableArn;
    this.streamArn = streamArn;
    this.secured = { account, region, encryptionKey, hasAwsManagedKey: false, policy: undefined };
  }
}

/** Refuses what is not the ARN of a stream of this table. */
const checkStreamArn = (
  streamArn: string,
  { tableName, region, account }: { tableName: string; region: string; account: string },
): void => {
  if (Token.isUnresolved(streamArn)) return;
  const [, arnRegion, arnAccount, arnTable] =
    /^arn:[\w-]+:dynamodb:([\w-]+):(\d{12}):table\/([\w.-]+)\/stream\/[^/]+$/.exec(streamArn) ??
    refuse(
      'attributes.streamArn',
      'an ARN such as arn:aws:dynamodb:eu-west-1:111122223333:table/<name>/stream/<time>',
      streamArn,
    );
  const refuseOther = (what: string, expected: string): never => {
    throw new InvalidEventTablePropsError(
      'attributes.streamArn',
      `expected a stream of the ${what} ${expected}, got ${streamArn}.`,
    );
  };
  if (differ(arnTable, tableName)) refuseOther('table', tableName);
  if (differ(arnRegion, region)) refuseOther('region', region);
  if (differ(arnAccount, account)) refuseOther('account', account);
};
