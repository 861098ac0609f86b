import { Names } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';

import { InvalidEventTablePropsError } from './checks.js';
import { EventTableStreamHandler } from './EventTableStreamHandler.js';
import { EventTableGrants } from './grants.js';
import type { IEventTable } from './IEventTable.js';
import type { StreamHandlerProps } from './StreamHandlerProps.js';
import { warnOfReaders } from './streamHandlerChecks.js';

/** What an event table can do, whether this app creates it or not. */
export abstract class EventTableBase extends EventTableGrants implements IEventTable {
  protected abstract readonly hasReplicas: boolean;
  #streamHandlers = 0;

  addStreamHandler(handler: lambda.IFunction, props: StreamHandlerProps = {}): EventTableStreamHandler {
    const { secured, tableArn, streamArn } = this;
    if (streamArn === undefined) {
      throw new InvalidEventTablePropsError(
        'stream',
        `the table has none for ${handler.node.path} to read. Give the table stream: StreamViewType.NEW_IMAGE, or a table that exists its streamArn.`,
      );
    }
    const id = `StreamOf${Names.nodeUniqueId(this.node)}`;
    const added = new EventTableStreamHandler(id, { secured, tableArn, streamArn }, handler, props);
    this.#streamHandlers += 1;
    warnOfReaders(added, this.#streamHandlers, this.hasReplicas);
    return added;
  }
}
