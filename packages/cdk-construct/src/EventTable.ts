import type { EventTableLayout } from '@castore-dynamodb/table';
import { Stack, Tags } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

import { InvalidEventTablePropsError } from './checks.js';
import { EventTableBase } from './EventTableBase.js';
import type { EventTableAttributes, EventTableProps } from './EventTableProps.js';
import type { EventTableStreamHandler } from './EventTableStreamHandler.js';
import { DEFAULT_LAYOUT, ExistingEventTable } from './ExistingEventTable.js';
import type { SecuredTable } from './grantOperation.js';
import type { IEventTable } from './IEventTable.js';
import type { StreamHandlerProps } from './StreamHandlerProps.js';
import { createTableAlarms } from './tableAlarms.js';
import { checkTableProps, warnOfProtection } from './tableChecks.js';
import { tableProps } from './tableProps.js';

/**
 * A DynamoDB table for Castore's events, as a production team wants it: on-demand, point-in-time recovery, deletion
 * protection, encrypted with AWS's key, retained when the stack goes. Its keys and its index are those of
 * `eventTableDefinition(layout)`, from which the adapters' requests are made too.
 *
 * @example
 * ```ts
 * const events = new EventTable(stack, 'Events');
 * events.grantReadWrite(orderService);
 * orderService.addEnvironment('EVENT_TABLE_NAME', events.tableName);
 * ```
 */
export class EventTable extends EventTableBase {
  /**
   * An event table that exists in this stack's account and region, for its grants. Nothing is deployed.
   *
   * @param tableName The table's name, as it was given or as CloudFormation made it up. Not its ARN.
   * @throws InvalidEventTablePropsError for an ARN, or attributes that are not this table's.
   */
  static fromTableName(
    scope: Construct,
    id: string,
    tableName: string,
    attributes: EventTableAttributes = {},
  ): IEventTable {
    return new ExistingEventTable(scope, id, tableName, attributes);
  }

  readonly layout: EventTableLayout;
  readonly tableName: string;
  readonly tableArn: string;

  /** The underlying table, for whatever has no name here. */
  readonly table: dynamodb.TableV2;

  readonly streamArn: string | undefined;

  /** The alarms, if they were asked for. They do nothing until `addAlarmAction` gives each something to do. */
  readonly alarms: readonly cloudwatch.Alarm[];

  protected readonly secured: SecuredTable;
  protected readonly hasReplicas: boolean;
  readonly #streamViewType: dynamodb.StreamViewType | undefined;

  /**
   * @throws InvalidEventTablePropsError for props that contradict each other, mean nothing, or cannot be deployed.
   * @throws TypeError for an unknown layout.
   */
  constructor(scope: Construct, id: string, props: EventTableProps = {}) {
    super(scope, id);

    const { region, account } = Stack.of(this);
    checkTableProps(props, region);
    const { layout = DEFAULT_LAYOUT, replicaRegions = [], tags = {}, alarms = false } = props;
    const configuration = tableProps(layout, props);

    // TableV2 is AWS::DynamoDB::GlobalTable, for one region too: billed like AWS::DynamoDB::Table there, and replicas
    // can be added later. From AWS::DynamoDB::Table there is no way to that in place: changing a resource's type may
    // delete the table, which is the one thing that must not happen to a table of events.
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html
    //
    // DynamoDB cannot change the keys of an index. So another layout is another resource, and leaves the old table as it is.
    this.table = new dynamodb.TableV2(this, layout === DEFAULT_LAYOUT ? 'Table' : 'TablePerStore', configuration);
    for (const [key, value] of Object.entries(tags)) Tags.of(this).add(key, value);
    warnOfProtection(this, props);

    this.layout = layout;
    this.tableName = this.table.tableName;
    this.tableArn = this.table.tableArn;
    this.secured = {
      account,
      region,
      encryptionKey: this.table.encryptionKey,
      hasAwsManagedKey: configuration.encryption?.type === dynamodb.TableEncryption.AWS_MANAGED,
      policy: this.table,
    };
    this.hasReplicas = replicaRegions.length > 0;
    this.#streamViewType = configuration.dynamoStream;
    this.streamArn = configuration.dynamoStream === undefined ? undefined : this.table.tableStreamArn;
    this.alarms =
      alarms === false ? [] : createTableAlarms(this, this.table, replicaRegions, alarms === true ? {} : alarms);
  }

  override addStreamHandler(handler: lambda.IFunction, props?: StreamHandlerProps): EventTableStreamHandler {
    if (this.#streamViewType !== undefined && !this.#streamViewType.startsWith('NEW_')) {
      throw new InvalidEventTablePropsError(
        'stream',
        `a stream handler reads new images, got ${this.#streamViewType}. Use StreamViewType.NEW_IMAGE.`,
      );
    }
    return super.addStreamHandler(handler, props);
  }
}
