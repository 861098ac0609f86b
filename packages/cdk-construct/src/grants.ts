import {
  EVENT_TABLE_INITIAL_EVENT_INDEX_NAME,
  type EventTableLayout,
  type EventTableOperation,
  type EventTableResource,
} from '@castore-dynamodb/table';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

import { grantOperation, type SecuredTable } from './grantOperation.js';
import type { IEventTable } from './IEventTable.js';

/**
 * The grants of an event table, whether this app creates it or not. They are made from `eventTableOperations` of
 * `@castore-dynamodb/table`, which has the actions that each of them allows.
 */
export abstract class EventTableGrants extends Construct implements Omit<IEventTable, 'addStreamHandler'> {
  abstract readonly layout: EventTableLayout;
  abstract readonly tableName: string;
  abstract readonly tableArn: string;
  abstract readonly streamArn: string | undefined;

  protected abstract readonly secured: SecuredTable;

  get indexArn(): string {
    return `${this.tableArn}/index/${EVENT_TABLE_INITIAL_EVENT_INDEX_NAME}`;
  }

  grantGetEvents(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'getEvents');
  }

  grantPushEvent(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'pushEvent');
  }

  grantListAggregateIds(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'listAggregateIds');
  }

  grantReadWrite(grantee: iam.IGrantable): iam.Grant {
    return this.grantGetEvents(grantee)
      .combine(this.grantPushEvent(grantee))
      .combine(this.grantListAggregateIds(grantee));
  }

  grantCheckUnchanged(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'checkUnchanged');
  }

  grantReadAllEvents(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'readAllEvents');
  }

  grantSortAllEvents(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'sortAllEvents');
  }

  grantReplayEvents(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'replayEvents');
  }

  grantStreamPoller(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'streamPoller');
  }

  grantDescribeEventTable(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'describeEventTable');
  }

  grantReadSnapshots(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'readSnapshots', ['snapshotTable']);
  }

  grantWriteSnapshots(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'writeSnapshots', ['snapshotTable']);
  }

  grantDeleteSnapshots(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'deleteSnapshots', ['snapshotTable']);
  }

  grantMaintainSnapshots(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'maintainSnapshots', ['snapshotTable']);
  }

  grantRedactEvents(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'redactEvents');
  }

  grantDeleteAggregate(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'deleteAggregate');
  }

  grantDeleteEventStore(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'deleteEventStore');
  }

  #grant(
    grantee: iam.IGrantable,
    operation: EventTableOperation,
    on: readonly EventTableResource[] = ['table', 'index', 'anyStream'],
  ): iam.Grant {
    const arns = {
      table: this.tableArn,
      index: this.indexArn,
      anyStream: `${this.tableArn}/stream/*`,
      snapshotTable: this.tableArn,
    };
    const granted = Object.entries(arns).filter(([resource]) => on.includes(resource as EventTableResource));
    return grantOperation(this.secured, grantee, operation, Object.fromEntries(granted));
  }
}
