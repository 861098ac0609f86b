import { EVENT_TABLE_INITIAL_EVENT_INDEX_NAME, type EventTableLayout } from '@castore-dynamodb/table';
import { Names } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import { EventTableStreamHandler } from './EventTableStreamHandler.js';
import { grantOn, type SecuredTable } from './grants.js';
import type { IEventTable } from './IEventTable.js';
import type { StreamHandlerProps } from './StreamHandlerProps.js';

/** What an event table can do whether this app creates it or not. */
export abstract class EventTableBase extends Construct implements IEventTable {
  abstract readonly layout: EventTableLayout;
  abstract readonly tableName: string;
  abstract readonly tableArn: string;
  abstract readonly streamArn: string | undefined;

  /** What the grants below are made on. */
  protected abstract readonly secured: SecuredTable;

  get indexArn(): string {
    return `${this.tableArn}/index/${EVENT_TABLE_INITIAL_EVENT_INDEX_NAME}`;
  }

  grantGetEvents(grantee: iam.IGrantable): iam.Grant {
    return grantOn(this.secured, grantee, ['dynamodb:Query'], this.tableArn);
  }

  grantPushEvent(grantee: iam.IGrantable): iam.Grant {
    return grantOn(this.secured, grantee, ['dynamodb:PutItem'], this.tableArn);
  }

  grantListAggregateIds(grantee: iam.IGrantable): iam.Grant {
    return grantOn(this.secured, grantee, ['dynamodb:Query'], this.indexArn);
  }

  grantReadWrite(grantee: iam.IGrantable): iam.Grant {
    return this.grantGetEvents(grantee)
      .combine(this.grantPushEvent(grantee))
      .combine(this.grantListAggregateIds(grantee));
  }

  addStreamHandler(handler: lambda.IFunction, props: StreamHandlerProps = {}): EventTableStreamHandler {
    return new EventTableStreamHandler(`StreamOf${Names.nodeUniqueId(this.node)}`, this, handler, props);
  }
}
