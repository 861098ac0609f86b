import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkOneOf,
  checkOptions,
  type OptionNames,
} from '@castore-dynamodb/commons';

import { pendingAggregates } from '../aggregates/pendingAggregate.js';
import { decodeRecords } from '../images/decodeRecords.js';
import type { StreamRecord } from '../images/streamRecord.js';
import { catchUp } from '../projections/catchUp.js';
import { type OnFailure, warnOfFailures } from '../projections/failure.js';
import { checkProjections, PROJECTOR, type Projection } from '../projections/projection.js';
import type { OnParked } from '../projections/reportParked.js';
import { failedRecordsOf } from './failedRecords.js';
import { type StreamHandlerContext, startRemainingTime } from './remainingTime.js';
import { checkTables, recordsOf, type StreamEvent } from './streamEvent.js';

export interface StreamHandlerOptions {
  /** They are independent: an event that one of them cannot handle does not hold up the others. */
  projections: readonly Projection[];
  /**
   * Gets each event that could not be handled after all attempts; decides whether its aggregate is parked.
   *
   * @default a warning of the process (on stderr), and kind `event` is parked
   */
  onFailure?: OnFailure;
  /**
   * Gets each aggregate that was parked. On Lambda, a line of the log and the metric `ParkedAggregates` (namespace
   * `CastoreDynamoDb`, by `Projection` and by `FunctionName`) report it anyway.
   */
  onParked?: OnParked;
  /**
   * Whether the log has the messages of errors that handlers throw, which may quote personal data of events. It always has
   * their names.
   *
   * @default false
   */
  logErrorMessages?: boolean;
  /**
   * What is done with a record of a table in which no event store of the projections lies. `refuse`: the whole batch fails
   * with `UnknownTableError`, because a wrong table name would lose every event. `ignore`: for a function that reads the
   * streams of other tables too.
   *
   * @default 'refuse'
   */
  otherTables?: 'refuse' | 'ignore';
  /**
   * How often an event is tried, within one invocation and as long as there is time, before it is a failure. The attempts
   * are some 25, 50, 100, 200 ms apart, and 2.5 s in the end.
   *
   * @default 5
   */
  maxAttempts?: number;
  /**
   * Aggregates that a projection with handlers works on at the same time.
   *
   * @default 10
   */
  concurrency?: number;
}

/**
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 *
 * @example
 * const { batchItemFailures }: StreamHandlerResponse = await createStreamHandler({ projections: [pokedex] })(event);
 */
export interface StreamHandlerResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

export type StreamHandler = (
  event: StreamEvent | readonly StreamRecord[],
  context?: StreamHandlerContext,
) => Promise<StreamHandlerResponse>;

const OPTIONS = {
  projections: true,
  onFailure: true,
  onParked: true,
  logErrorMessages: true,
  otherTables: true,
  maxAttempts: true,
  concurrency: true,
} satisfies OptionNames<StreamHandlerOptions>;

/**
 * A Lambda function for an event source mapping of the table's stream. The mapping's `FunctionResponseTypes` must hold
 * `ReportBatchItemFailures`: without it, Lambda treats records that were reported as failed as done.
 *
 * Each projection handles the events of an aggregate in version order. The function reports the first record of each
 * aggregate that is not up to date. Lambda then delivers everything again from the lowest reported sequence number on.
 * Events that were handled already are dropped, for the cost of reading their position.
 *
 * It answers before the function's time is over, and reports the records that it did not get to. A batch that it does
 * not understand fails as a whole, with `NotAStreamEventError`, `StreamNotReadableError` or `UnknownTableError`.
 *
 * @throws InvalidArgumentError
 *
 * @example
 * export const handler = createStreamHandler({
 *   projections: [pokedex],
 *   onParked: ({ projection, aggregateId, version, error }) =>
 *     console.error(`${projection} has parked ${aggregateId} at version ${version}: ${error.message}`),
 * });
 */
export const createStreamHandler = (options: StreamHandlerOptions): StreamHandler => {
  checkOptions(options, '', OPTIONS);
  const { projections, onParked, logErrorMessages = false, otherTables = 'refuse' } = options;
  const { onFailure = warnOfFailures(logErrorMessages), maxAttempts = 5, concurrency = 10 } = options;
  checkProjections(projections);
  checkFunction(onFailure, 'onFailure');
  if (onParked !== undefined) checkFunction(onParked, 'onParked');
  checkBoolean(logErrorMessages, 'logErrorMessages');
  checkOneOf(otherTables, 'otherTables', ['refuse', 'ignore']);
  checkInteger(maxAttempts, 'maxAttempts');
  checkInteger(concurrency, 'concurrency');
  const projectors = projections.map(projection => projection[PROJECTOR]);
  const eventStores = projectors.flatMap(projector => projector.eventStores);
  const settings = { onFailure, onParked, logErrorMessages, maxAttempts, concurrency, replay: false };
  return async (event, context) => {
    const records = recordsOf(event);
    if (otherTables === 'refuse') checkTables(eventStores, records);
    const { hasTime, deadline, end } = startRemainingTime(context);
    try {
      const decoded = await decodeRecords(projectors, records);
      const failed = await Promise.all(
        projectors.map(async (projector, index) => {
          const events = decoded[index] as (typeof decoded)[0];
          const run = { ...settings, hasTime, deadline, signal: deadline };
          const { unfinished } = await catchUp(projector, pendingAggregates(events), run);
          return failedRecordsOf(unfinished, events);
        }),
      );
      return toResponse(records, failed.flat());
    } finally {
      end();
    }
  };
};

const toResponse = (records: readonly StreamRecord[], failed: readonly number[]): StreamHandlerResponse => ({
  batchItemFailures: [...new Set(failed)]
    .toSorted((left, right) => left - right)
    // A record without a sequence number is none of DynamoDB's; an empty one makes Lambda retry the whole batch.
    .map(index => ({ itemIdentifier: records[index]?.dynamodb?.SequenceNumber ?? '' })),
});
