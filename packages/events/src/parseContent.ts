import type { EventDetail } from '@castore/core';
import type { EventContent, TransformationContext } from '@castore-dynamodb/adapter';
import { memberOf } from '@castore-dynamodb/commons';

import { type EventIssue, InvalidEventError } from './errors.js';
import type { TypeShape } from './eventStoreShapes.js';
import { pathOf, type SchemaIssue, type SchemaResult, type StandardSchema } from './standardSchema.js';

type Result = SchemaResult<unknown> | undefined;

/** What is to happen if a schema does not say whether it takes a value, but fails. `what` says which one. */
export type OnSchemaFailure = (what: string, cause: unknown) => never;

/**
 * An event's payload and metadata as its schemas return them: at once, if the schemas do it at once.
 *
 * @throws InvalidEventError, at once or in the promise, with the issues of both; what `onFailure` throws
 */
export const parseContent = (
  event: EventDetail,
  shape: TypeShape | undefined,
  context: TransformationContext,
  onFailure: OnSchemaFailure,
): EventContent | Promise<EventContent> => {
  const { payload, metadata } = event;
  const { schema, metadataSchema, parseEventDetail } = shape ?? {};
  const ofType = `of ${JSON.stringify(event.type)}`;
  if (parseEventDetail !== undefined && schema === undefined && metadataSchema === undefined) {
    return parseDetail(event, parseEventDetail, context, cause => onFailure(`parseEventDetail ${ofType}`, cause));
  }
  const results = [
    validate(schema, payload, cause => onFailure(`the schema ${ofType}`, cause)),
    validate(metadataSchema, metadata, cause => onFailure(`the metadataSchema ${ofType}`, cause)),
  ];
  const finish = ([inPayload, inMetadata]: readonly Result[]): EventContent => {
    const issues: EventIssue[] = [
      ...(inPayload?.issues ?? []).map(issue => ({ path: ['payload', ...pathOf(issue)], message: issue.message })),
      ...(inMetadata?.issues ?? []).map(issue => ({ path: ['metadata', ...pathOf(issue)], message: issue.message })),
    ];
    if (issues.length > 0) throw new InvalidEventError({ ...event, ...context }, event.type, issues);
    return { payload: valueOf(inPayload, payload), metadata: valueOf(inMetadata, metadata) };
  };
  return results.some(isPromise)
    ? Promise.all(results.map(async result => result)).then(finish)
    : finish(results as readonly Result[]);
};

const isPromise = (value: unknown): value is Promise<unknown> => typeof memberOf(value, 'then') === 'function';

type Fail = (cause: unknown) => never;

const validate = (schema: StandardSchema | undefined, value: unknown, fail: Fail): Result | Promise<Result> => {
  if (schema === undefined) return undefined;
  const result = attempt(() => schema['~standard'].validate(value), fail);
  return isPromise(result)
    ? Promise.resolve(result).then(settled => checkIssues(settled, fail), fail)
    : checkIssues(result, fail);
};

const attempt = <VALUE>(work: () => VALUE, fail: Fail): VALUE => {
  try {
    return work();
  } catch (error) {
    return fail(error);
  }
};

/** Some libraries' issues are a list that has itself as `issues`. */
const checkResult = <RESULT>(result: RESULT, fail: Fail): RESULT =>
  typeof result === 'object' && result !== null ? result : fail(new TypeError('It returned no result.'));

const checkIssues = (result: SchemaResult<unknown>, fail: Fail): SchemaResult<unknown> => {
  const issues: unknown = checkResult(result, fail).issues ?? [];
  const isList = Array.isArray(issues) && [...(issues as unknown[])].every(issue => isIssue(issue));
  return isList ? result : fail(new TypeError('It returned issues that are not a list of issues.'));
};

const isIssue = (issue: unknown): boolean =>
  typeof memberOf(issue, 'message') === 'string' && Array.isArray(memberOf(issue, 'path') ?? []);

const valueOf = (result: SchemaResult<unknown> | undefined, given: unknown): unknown =>
  result !== undefined && 'value' in result ? result.value : given;

const parseDetail = (
  event: EventDetail,
  parse: NonNullable<TypeShape['parseEventDetail']>,
  context: TransformationContext,
  fail: Fail,
): EventContent => {
  const parsed = checkResult(
    attempt(() => parse(event), fail),
    fail,
  );
  const { isValid, parsedEventDetail, parsingErrors = [] } = parsed;
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
