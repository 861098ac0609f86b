import type { EventDetail } from '@castore/core';
import type { EventContent, TransformationContext } from '@castore-dynamodb/adapter';

import { type EventIssue, InvalidEventError } from './errors.js';
import type { TypeShape } from './eventStoreShapes.js';
import { pathOf, type SchemaIssue, type SchemaResult } from './standardSchema.js';

type Results = readonly (SchemaResult<unknown> | Promise<SchemaResult<unknown>> | undefined)[];

/**
 * An event's payload and metadata as its schemas return them: at once, if the schemas do it at once.
 *
 * @throws InvalidEventError, at once or in the promise, with the issues of both
 */
export const parseContent = (
  event: EventDetail,
  shape: TypeShape | undefined,
  context: TransformationContext,
): EventContent | Promise<EventContent> => {
  const { payload, metadata } = event;
  if (shape?.parseEventDetail !== undefined && shape.schema === undefined && shape.metadataSchema === undefined) {
    return parseDetail(event, shape.parseEventDetail, context);
  }
  const results: Results = [
    shape?.schema?.['~standard'].validate(payload),
    shape?.metadataSchema?.['~standard'].validate(metadata),
  ];
  const finish = ([inPayload, inMetadata]: readonly (SchemaResult<unknown> | undefined)[]): EventContent => {
    const issues: EventIssue[] = [
      ...(inPayload?.issues ?? []).map(issue => ({ path: ['payload', ...pathOf(issue)], message: issue.message })),
      ...(inMetadata?.issues ?? []).map(issue => ({ path: ['metadata', ...pathOf(issue)], message: issue.message })),
    ];
    if (issues.length > 0) throw new InvalidEventError({ ...event, ...context }, event.type, issues);
    return { payload: valueOf(inPayload, payload), metadata: valueOf(inMetadata, metadata) };
  };
  return results.some(isThenable)
    ? Promise.all(results.map(async result => result)).then(finish)
    : finish(results as readonly (SchemaResult<unknown> | undefined)[]);
};

const isThenable = (result: Results[number]): boolean => result !== undefined && 'then' in result;

const valueOf = (result: SchemaResult<unknown> | undefined, given: unknown): unknown =>
  result !== undefined && 'value' in result ? result.value : given;

const parseDetail = (
  event: EventDetail,
  parse: NonNullable<TypeShape['parseEventDetail']>,
  context: TransformationContext,
): EventContent => {
  const { isValid, parsedEventDetail, parsingErrors = [] } = parse(event);
  if (isValid) return { payload: parsedEventDetail.payload, metadata: parsedEventDetail.metadata };
  const issues = (parsingErrors as Error[]).flatMap(error => issuesOf(error));
  throw new InvalidEventError(
    { ...event, ...context },
    event.type,
    issues.length > 0 ? issues : [{ path: [], message: 'parseEventDetail refused it.' }],
  );
};

/** An error of a library with Standard Schemas has issues of its own, whose paths are within the event. */
const issuesOf = (error: Error & { issues?: unknown }): EventIssue[] =>
  Array.isArray(error.issues)
    ? (error.issues as SchemaIssue[]).map(issue => ({ path: pathOf(issue), message: issue.message }))
    : [{ path: [], message: error.message }];
