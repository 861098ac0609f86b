import { pendingAggregates } from '../aggregates/pendingAggregate.js';
import { checkWholeNumber } from '../checkArguments.js';
import { isFunction, isObject, refuseUnless } from '../checkOptions.js';
import { decodeRecords, type RecordedEvent } from '../images/decodeRecords.js';
import type { StreamRecord } from '../images/streamRecord.js';
import { catchUp } from '../projections/catchUp.js';
import { checkProjections } from '../projections/checkProjections.js';
import { type OnFailure, warn } from '../projections/failure.js';
import { PROJECTOR, type Projection } from '../projections/projection.js';
import type { Unfinished } from '../projections/projector.js';

export interface StreamHandlerOptions {
  /** Each goes its own way: what one of them cannot handle does not keep the others from it. */
  projections: readonly Projection[];
  /**
   * Told of each event that could not be handled after all attempts; decides whether its aggregate is parked.
   *
   * @default a warning of the process (on stderr), and kind `event` is parked
   */
  onFailure?: OnFailure;
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

/** What Lambda calls the function with. */
export interface StreamEvent {
  readonly Records: readonly StreamRecord[];
}

/** The part of Lambda's context that is looked at. */
export interface StreamHandlerContext {
  getRemainingTimeInMillis(): number;
}

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html */
export interface StreamHandlerResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

export type StreamHandler = (event: StreamEvent, context?: StreamHandlerContext) => Promise<StreamHandlerResponse>;

/**
 * A Lambda function for an event source mapping of the table's stream, whose `FunctionResponseTypes` must hold
 * `ReportBatchItemFailures`: without it, Lambda takes what was reported as failed for done.
 *
 * Each projection handles the events of an aggregate in version order. What is reported is the first record of each
 * aggregate that is not done with. Lambda delivers again everything from the lowest sequence number reported, and what was
 * done with by then is dropped for the cost of reading its position.
 *
 * @throws InvalidArgumentError
 */
export const createStreamHandler = (options: StreamHandlerOptions): StreamHandler => {
  refuseUnless(isObject(options), 'options', 'expected an object.');
  const { projections, onFailure = warn, maxAttempts = 5, concurrency = 10 } = options;
  checkProjections(projections);
  refuseUnless(isFunction(onFailure), 'onFailure', 'expected a function.');
  checkWholeNumber(maxAttempts, 'maxAttempts');
  checkWholeNumber(concurrency, 'concurrency');
  const projectors = projections.map(projection => projection[PROJECTOR]);
  return async ({ Records: records }, context) => {
    const run = { onFailure, maxAttempts, concurrency, replay: false, hasTime: untilShortlyBefore(context) };
    const decoded = decodeRecords(projectors, records);
    const failed = await Promise.all(
      projectors.map(async (projector, index) => {
        const events = decoded[index] as (typeof decoded)[0];
        const { unfinished } = await catchUp(projector, pendingAggregates(events), run);
        return unfinished.map(one => firstRecordOf(one, events));
      }),
    );
    return toResponse(records, failed.flat());
  };
};

/** Leaves a tenth of the time to answer in, half a second at least: an answer that is late makes the whole batch fail. */
const untilShortlyBefore = (context: StreamHandlerContext | undefined): (() => boolean) => {
  if (context === undefined) return () => true;
  const reserve = Math.max(500, context.getRemainingTimeInMillis() / 10);
  return () => context.getRemainingTimeInMillis() > reserve;
};

/** The index of the first record that has to come again. */
const firstRecordOf = ({ aggregate, version }: Unfinished, events: readonly (RecordedEvent | undefined)[]): number =>
  events.findIndex(
    event =>
      event?.eventStore === aggregate.eventStore &&
      event.aggregateId === aggregate.aggregateId &&
      event.version >= version,
  );

const toResponse = (records: readonly StreamRecord[], failed: readonly number[]): StreamHandlerResponse => ({
  batchItemFailures: [...new Set(failed)]
    .toSorted((left, right) => left - right)
    // A record without a sequence number is none of DynamoDB's; an empty one makes Lambda retry the whole batch.
    .map(index => ({ itemIdentifier: records[index]?.dynamodb?.SequenceNumber ?? '' })),
});
