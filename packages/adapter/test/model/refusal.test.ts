import { deepStrictEqual } from 'node:assert/strict';

import type { GroupedEvent } from '@castore/core';
import { PRESET_TIMEOUT_MS } from '@castore-dynamodb/testing/preset';
import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import { UnstorableValueError } from '../../src/index.js';
import { caught, context, describeOnEveryAdapter, newAggregateId } from '../support.js';
import { storableValues } from './storableValues.js';
import { plantedValues } from './unstorableValues.js';
import { parseValuePath } from './valuePath.js';

const attributes = fc.constantFrom('payload', 'metadata');

describeOnEveryAdapter('an unstorable value, planted anywhere', ({ adapter, requests }) => {
  const refusal = async (pushing: Promise<unknown>): Promise<UnstorableValueError> => {
    const outcome = await pushing.then(
      () => 'stored',
      (error: unknown) => error,
    );
    if (!(outcome instanceof UnstorableValueError)) throw new Error('It was not refused.', { cause: outcome });
    return outcome;
  };

  afterEach(async () => {
    expect(requests).toHaveLength(0);
    await expect(adapter.listAggregateIds(context)).resolves.toStrictEqual({ aggregateIds: [] });
  });

  it(
    'is refused with its path before a request is sent',
    async () => {
      const property = fc.asyncProperty(attributes, plantedValues, storableValues, async (name, planted, other) => {
        const event = caught(newAggregateId(), 1, { payload: other, metadata: other, [name]: planted.value });

        const error = await refusal(adapter.pushEvent(event, context));

        deepStrictEqual(parseValuePath(error.path), [name, ...planted.steps]);
        expect(error).toMatchObject({ ...context, aggregateId: event.aggregateId, version: 1 });
      });
      await checkProperty(property, { quick: 150, soak: 20_000 });
    },
    PRESET_TIMEOUT_MS,
  );

  it(
    'refuses its whole group, naming the event',
    async () => {
      const property = fc.asyncProperty(
        attributes,
        plantedValues,
        fc.nat({ max: 4 }),
        async (name, planted, position) => {
          const aggregateId = newAggregateId();
          const group = Array.from({ length: 5 }, (_, index) => {
            const { timestamp: __, ...event } = caught(
              aggregateId,
              index + 1,
              index === position ? { [name]: planted.value } : {},
            );
            return Object.assign(adapter.groupEvent(event), { context });
          });

          const error = await refusal(adapter.pushEventGroup({}, ...(group as [GroupedEvent])));

          deepStrictEqual(parseValuePath(error.path), [name, ...planted.steps]);
          expect(error).toMatchObject({ ...context, aggregateId, version: position + 1 });
        },
      );
      await checkProperty(property, { quick: 25, soak: 2_000 });
    },
    PRESET_TIMEOUT_MS,
  );
});
