import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';
import { PRESET_TIMEOUT_MS } from '@castore-dynamodb/testing/preset';
import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import { UnreadableEventError } from '../../src/index.js';
import { caught, context, describeOnEveryAdapter, newAggregateId } from '../support.js';
import { attributeValues, foreignNumbers, isSameValue, unreadablePlaces } from './foreignItems.js';
import { parseValuePath } from './valuePath.js';

/** Attributes of an event, each of any type, and others that no event has. */
const attributes = fc.record(
  {
    type: fc.oneof(fc.record({ S: fc.string() }), attributeValues),
    payload: attributeValues,
    metadata: attributeValues,
    expiresAt: attributeValues,
  },
  { requiredKeys: [] },
);

const READ = ['type', 'timestamp', 'payload', 'metadata'] as const;

describeOnEveryAdapter('an item that somebody else wrote', ({ layout, adapter, dynamoDbClient, tableName }) => {
  const write = (aggregateId: string, version: string, item: Record<string, AttributeValue>): Promise<unknown> => {
    const partitionKey = layout === 'single-table' ? `${context.eventStoreId}#${aggregateId}` : aggregateId;
    const Item = { aggregateId: { S: partitionKey }, version: { N: version }, ...item };
    return dynamoDbClient.send(new PutItemCommand({ TableName: tableName, Item }));
  };

  const read = async (aggregateId: string): Promise<EventDetail[] | UnreadableEventError> => {
    try {
      return (await adapter.getEvents(aggregateId, context)).events;
    } catch (error) {
      if (error instanceof UnreadableEventError) return error;
      throw error;
    }
  };

  it(
    'is read equal in value, or refused with its place while its neighbours stay readable',
    async () => {
      const property = fc.asyncProperty(attributes, async item => {
        const aggregateId = newAggregateId();
        await Promise.all([
          adapter.pushEvent(caught(aggregateId, 1), context),
          write(aggregateId, '2', item as Record<string, AttributeValue>),
          adapter.pushEvent(caught(aggregateId, 3), context),
        ]);
        const stored: Record<string, AttributeValue | undefined> = item;

        const outcome = await read(aggregateId);

        const unreadable = READ.flatMap(name => {
          const value = stored[name];
          return value === undefined ? [] : unreadablePlaces(value, [name]);
        });
        if (outcome instanceof UnreadableEventError) {
          expect(outcome).toMatchObject({ ...context, aggregateId, version: 2 });
          expect(unreadable).toContainEqual(parseValuePath(outcome.path));
        } else {
          expect(unreadable).toStrictEqual([]);
          expect(outcome).toHaveLength(3);
          const event: object = outcome[1] ?? {};
          for (const name of READ) {
            const value = stored[name];
            const member: unknown = Object.getOwnPropertyDescriptor(event, name)?.value;
            if (value === undefined) expect(Object.hasOwn(event, name)).toBe(false);
            else expect([value, member, isSameValue(value, member)]).toStrictEqual([value, member, true]);
          }
        }
        const before = await adapter.getEvents(aggregateId, context, { maxVersion: 1 });
        const after = await adapter.getEvents(aggregateId, context, { minVersion: 3 });
        expect([...before.events, ...after.events]).toStrictEqual([caught(aggregateId, 1), caught(aggregateId, 3)]);
      });
      await checkProperty(property, { quick: 15, soak: 4_000 });
    },
    PRESET_TIMEOUT_MS,
  );

  it(
    'is read with exactly its version, refused for it, or no event',
    async () => {
      const property = fc.asyncProperty(foreignNumbers, async version => {
        const aggregateId = newAggregateId();
        await write(aggregateId, version, { type: { S: 'T' }, timestamp: { S: '2026' } });

        const outcome = await read(aggregateId);

        if (!(Number(version) >= 1 && Number.isInteger(Number(version)))) {
          // No event has such a version: it is somebody's own item.
          expect(outcome).toStrictEqual([]);
        } else if (outcome instanceof UnreadableEventError) {
          expect(outcome).toMatchObject({ ...context, aggregateId, path: 'version' });
          expect(isSameValue({ N: version }, outcome.version)).toBe(false);
        } else {
          expect(outcome).toHaveLength(1);
          expect([version, isSameValue({ N: version }, outcome[0]?.version)]).toStrictEqual([version, true]);
        }
      });
      await checkProperty(property, { quick: 8, soak: 2_000 });
    },
    PRESET_TIMEOUT_MS,
  );
});
