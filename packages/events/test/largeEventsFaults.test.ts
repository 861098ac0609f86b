import type { EventDetail } from '@castore/core';
import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { describeOnEveryLayout, newAggregateId, operations, rejection } from '@castore-dynamodb/testing/eventTables';
import { type FaultProxy, startFaultProxy } from '@castore-dynamodb/testing/faultProxy';
import { impatient } from '@castore-dynamodb/testing/impatient';
import { type ObjectFault, useObjectServer } from '@castore-dynamodb/testing/objectServer';

import { largeEvents } from '../src/index.js';

const context = { eventStoreId: 'POKEMONS' };
const large = (version = 1, aggregateId = newAggregateId()): EventDetail => ({
  aggregateId,
  version,
  type: 'POKEMON_CAUGHT',
  timestamp: '2026-01-01T00:00:00.000Z',
  payload: { text: `secret ${version} `.repeat(5000) },
});

/** S3 does not do what it is asked for, however often. */
const LASTING: ObjectFault[] = ['denied', 'unavailable', 'reset', 'no answer', 'empty answer', 'cut body'];

describeOnEveryLayout(
  'a large event',
  ({ engine, tableNames: { events: tableName }, dynamoDbClient, requests }) => {
    const server = useObjectServer();
    const { bucketName } = server;
    const patient = server.client();
    const hasty = server.client(impatient(2));
    const open = (s3Client = patient, client = dynamoDbClient) => {
      const transformations = [largeEvents({ offload: { s3Client, bucketName, from: 10 } })];
      return new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient: client, transformations });
    };
    const adapter = open();
    const stored = async (event: EventDetail) => {
      await adapter.pushEvent(event, context);
      requests.splice(0);
      server.requests.splice(0);
      return event;
    };

    it.each(LASTING.filter(fault => fault !== 'cut body'))(
      'is not stored if its object cannot be: the error names it (%s)',
      async fault => {
        server.choose = () => fault;
        const event = large();
        const error = await rejection(open(hasty).pushEvent(event, context));
        const key = server.requests[0]?.replace('PUT ', '');
        expect(error).toMatchObject({
          code: 'EventObjectError',
          name: 'EventObjectError',
          ...context,
          aggregateId: event.aggregateId,
          version: 1,
          operation: 'PutObject',
          bucketName,
          key,
          message: expect.stringContaining(`"${key}" in bucket "${bucketName}"`),
          cause: expect.any(Error),
        });
        expect((error as Error).message).not.toContain('secret');
        expect(requests).toStrictEqual([]);
        // The SDK has asked again for what may pass.
        expect(server.requests).toHaveLength(fault === 'denied' ? 1 : fault === 'empty answer' ? 3 : 2);
        await expect(adapter.getEvents(event.aggregateId, context)).resolves.toStrictEqual({ events: [] });
      },
    );

    it.each(LASTING)('is not read if its object cannot be: the error names it (%s)', async fault => {
      const event = await stored(large());
      server.choose = () => fault;
      const reader = open(hasty);
      const error = await rejection(reader.getEvents(event.aggregateId, context));
      const key = server.requests[0]?.replace('GET ', '');
      const expected = { code: 'EventObjectError', operation: 'GetObject', version: 1, bucketName, key };
      expect(error).toMatchObject(expected);
      // As the winner of a conflict, it is not known; the conflict is.
      const lost = await rejection(reader.pushEvent({ ...event, payload: 1 }, context));
      expect(lost).toMatchObject({ code: 'EventAlreadyExistsError', cause: expected });
      server.choose = () => undefined;
      await expect(reader.getEvents(event.aggregateId, context)).resolves.toStrictEqual({ events: [event] });
    });

    it('says what a missing permission may be about', async () => {
      const event = await stored(large());
      server.choose = () => 'denied';
      const { message } = (await rejection(open().getEvents(event.aggregateId, context))) as Error;
      expect(message).toMatch(/AccessDenied.*s3:GetObject.*s3:ListBucket/);
    });

    it('is given up if S3 never answers, whatever the client waits for', async () => {
      const doNotFake = ['Date', 'performance', 'hrtime', 'nextTick', 'queueMicrotask', 'setImmediate'] as const;
      const event = await stored(large());
      server.choose = () => 'no answer';
      jest.useFakeTimers({ doNotFake: [...doNotFake] });
      try {
        let left = 2;
        const ended = () => {
          left -= 1;
        };
        const reading = rejection(adapter.getEvents(event.aggregateId, context)).finally(ended);
        const pushing = rejection(adapter.pushEvent(large(2, event.aggregateId), context)).finally(ended);
        while (left > 0) {
          await jest.advanceTimersByTimeAsync(100);
          await new Promise(resolve => setImmediate(resolve));
        }
        for (const [error, milliseconds] of [
          [await reading, 10_000],
          [await pushing, 20_000],
        ] as const) {
          expect(error).toMatchObject({
            code: 'EventObjectError',
            cause: { code: 'DeadlineExceededError', milliseconds },
          });
        }
      } finally {
        jest.useRealTimers();
      }
    });

    it('is stored if S3 fails once, or has written the object and its answer is lost', async () => {
      for (const fault of ['unavailable', 'reset', 'reset after', 'empty answer'] as const) {
        const event = large();
        server.requests.splice(0);
        server.choose = () => (server.requests.length === 1 ? fault : undefined);
        await expect(adapter.pushEvent(event, context)).resolves.toStrictEqual({ event });
        expect(server.requests).toHaveLength(2);
        await expect(adapter.getEvents(event.aggregateId, context)).resolves.toStrictEqual({ events: [event] });
      }
    });

    it('is read if S3 fails once, also in the middle of its object', async () => {
      const event = await stored(large());
      for (const fault of ['unavailable', 'reset', 'cut body', 'empty answer'] as const) {
        server.requests.splice(0);
        server.choose = () => (server.requests.length === 1 ? fault : undefined);
        await expect(adapter.getEvents(event.aggregateId, context)).resolves.toStrictEqual({ events: [event] });
        expect(server.requests).toHaveLength(2);
      }
    });

    it('that lost a conflict leaves its object, and not the one of the event that won', async () => {
      const event = await stored(large());
      const loser = { ...event, payload: { text: 'lost '.repeat(100) } };
      for (const each of [loser, event]) {
        await expect(rejection(adapter.pushEvent(each, context))).resolves.toMatchObject({ winningEvent: event });
      }
      await expect(adapter.getEvents(event.aggregateId, context)).resolves.toStrictEqual({ events: [event] });
    });

    describe('if the answer of DynamoDB is lost', () => {
      let proxy: FaultProxy;
      beforeAll(async () => {
        proxy = await startFaultProxy(engine.endpoint);
      });
      afterAll(() => proxy[Symbol.asyncDispose]());

      it.each(['reset after', 'server error after', 'cut body'] as const)('is acknowledged once (%s)', async fault => {
        const client = engine.client({ endpoint: proxy.endpoint });
        let left = 1;
        proxy.choose = ({ operation }) => (operation === 'PutItem' && left-- > 0 ? fault : undefined);
        const event = large();
        await expect(open(patient, client).pushEvent(event, context)).resolves.toStrictEqual({ event });
        await expect(adapter.getEvents(event.aggregateId, context)).resolves.toStrictEqual({ events: [event] });
        expect(operations(requests)).toStrictEqual(['Query']);
        expect(server.requests.map(request => request.slice(0, 3))).toStrictEqual(['PUT', 'GET']);
      });
    });
  },
  { layouts: ['single-table'] },
);
