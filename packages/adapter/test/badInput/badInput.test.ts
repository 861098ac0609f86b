import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { BAD_VALUES, describeBadValue } from '@castore-dynamodb/testing/badValues';

import {
  CastoreDynamoDbError,
  InvalidArgumentError,
  InvalidEventGroupError,
  InvalidPageTokenError,
} from '../../src/index.js';
import { describeOnEveryAdapter } from '../support.js';
import type { Parameter, Refusal } from './parameters.js';
import { missingFunctions, publicFunctions } from './publicFunctions.js';

/** The arguments with one of them, however deep, replaced. */
const replaceAt = (target: unknown, [step, ...path]: Parameter['path'], value: unknown): unknown => {
  if (step === undefined) return value;
  const inner: unknown = (target as Record<string | number, unknown> | undefined)?.[step];
  const copy: object = Array.isArray(target)
    ? [...(target as unknown[])]
    : Object.assign(Object.create(Object.getPrototypeOf(target ?? {}) as object), target);
  const descriptor = { value: replaceAt(inner, path, value), configurable: true, enumerable: true, writable: true };
  return Object.defineProperty(copy, step, descriptor);
};

const isRefused = (error: unknown, refusal: Refusal): boolean => {
  if ('typeErrorAbout' in refusal) return error instanceof TypeError && error.message.includes(refusal.typeErrorAbout);
  if (!(error instanceof CastoreDynamoDbError)) return false;
  if ('argument' in refusal) {
    return error instanceof InvalidArgumentError && isWithin(error.argument, refusal.argument);
  }
  if ('eventIndex' in refusal)
    return error instanceof InvalidEventGroupError && error.eventIndex === refusal.eventIndex;
  return error instanceof InvalidPageTokenError;
};

/** An error may name the very member that is wrong of an argument: `options.tags.a`. */
const isWithin = (argument: string, expected: string): boolean =>
  argument === expected || argument.startsWith(`${expected}.`);

describeOnEveryAdapter('bad input', testAdapter => {
  const { dynamoDbClient, tableName, requests } = testAdapter;
  const functions = publicFunctions(testAdapter);
  const rows = Object.entries(functions).flatMap(([name, { parameters, ...row }]) =>
    parameters.map(parameter => [name, parameter.path.join('.'), { ...row, parameter }] as const),
  );

  it('is tried on every public function', () => {
    expect(missingFunctions(functions)).toStrictEqual([]);
  });

  it.each(rows)('of %s (argument %s) is refused with its name, before a request', async (_, __, row) => {
    const { path, kind, refusal, isRequired } = row.parameter;
    const wrong: Record<string, unknown> = {};
    for (const bad of [...(isRequired ? [undefined] : []), ...BAD_VALUES[kind]]) {
      const given = replaceAt(row.arguments, path, bad) as unknown[];
      const outcome = await (async () => row.call(...given))().then(
        result => ({ result }),
        (error: unknown) => ({ error }),
      );
      const isAsItShouldBe = 'error' in outcome && isRefused(outcome.error, refusal);
      if (!isAsItShouldBe) wrong[describeBadValue(bad)] = 'error' in outcome ? String(outcome.error) : 'accepted';
    }
    expect(wrong).toStrictEqual({});
    expect(requests).toHaveLength(0);
  });

  it('has changed nothing', async () => {
    const { Items: items } = await dynamoDbClient.send(new ScanCommand({ TableName: tableName }));
    expect(items).toStrictEqual([]);
  });
});
