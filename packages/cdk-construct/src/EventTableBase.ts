import { EVENT_TABLE_INITIAL_EVENT_INDEX_NAME, type EventTableLayout } from '@castore-dynamodb/table';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

import { grantOn, type SecuredTable } from './grants.js';
import type { IEventTable } from './IEventTable.js';

/** What an event table can do whether this app creates it or not. */
export abstract class EventTableBase extends Construct implements IEventTable {
  abstract readonly layout: EventTableLayout;
  abstract readonly tableName: string;
  abstract readonly tableArn: string;

  /** What the grants below are made on. */
  protected abstract readonly secured: SecuredTable;

  get indexArn(): string {
    return `${this.tableArn}/index/${EVENT_TABLE_INITIAL_EVENT_INDEX_NAME}`;
  }

  grantGetEvents(grantee: iam.IGrantable): iam.Grant {
    return grantOn(this.secured, grantee, 'dynamodb:Query', this.tableArn);
  }

  grantPushEvent(grantee: iam.IGrantable): iam.Grant {
    return grantOn(this.secured, grantee, 'dynamodb:PutItem', this.tableArn);
  }

  grantListAggregateIds(grantee: iam.IGrantable): iam.Grant {
    return grantOn(this.secured, grantee, 'dynamodb:Query', this.indexArn);
  }

  grantReadWrite(grantee: iam.IGrantable): iam.Grant {
    return this.grantGetEvents(grantee)
      .combine(this.grantPushEvent(grantee))
      .combine(this.grantListAggregateIds(grantee));
  }
}
