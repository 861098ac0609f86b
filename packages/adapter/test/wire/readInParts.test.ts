import * as sdk from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';

import { context, createAdapter, rejection } from '../support.js';
import { answeringClient, streamOf } from './answeringClient.js';

const EVENTS = 200;

const itemAt = (version: number, more: object = {}) => ({
  aggregateId: { S: 'pikachu' },
  version: { N: String(version) },
  type: { S: 'CAUGHT' },
  timestamp: { S: '2026-01-01T00:00:00.000Z' },
  payload: { M: { note: { S: 'x'.repeat(500) } } },
  ...more,
});

/** Of a page with several parts of 32 KB, one of whose events has something more. */
const adapterOver = (odd: number, more: object) => {
  const items = Array.from({ length: EVENTS }, (_, index) => itemAt(index + 1, index + 1 === odd ? more : {}));
  const body = JSON.stringify({ Count: EVENTS, Items: items, ScannedCount: EVENTS });
  const { client } = answeringClient(sdk, () => ({ body: streamOf(body) }));
  return createAdapter('table-per-store', 'pokemons', client);
};

const versionsOf = (events: readonly EventDetail[]): number[] => events.map(({ version }) => version);
const upTo = (version: number): number[] => Array.from({ length: version }, (_, index) => index + 1);

describe('A page of events that is decoded in parts', () => {
  it.each([1, 2, 150, EVENTS])('has each event once, if the plain way takes over at event %s', async odd => {
    const adapter = adapterOver(odd, { redactions: { L: [] } });
    const { events } = await adapter.getEvents('pikachu', context);
    expect(versionsOf(events)).toEqual(upTo(EVENTS));
    const streamed: EventDetail[] = [];
    for await (const event of adapter.streamEvents('pikachu', context)) streamed.push(event);
    expect(streamed).toEqual(events);
  });

  it('is handed out from its beginning before all of it is decoded', async () => {
    const adapter = adapterOver(EVENTS, { payload: { N: '9007199254740993.5' } });
    const streamed: EventDetail[] = [];
    const stream = async (): Promise<void> => {
      for await (const event of adapter.streamEvents('pikachu', context)) streamed.push(event);
    };
    await expect(rejection(stream())).resolves.toMatchObject({ code: 'UnreadableEventError', version: EVENTS });
    expect(streamed.length).toBeGreaterThan(0);
    expect(versionsOf(streamed)).toEqual(upTo(streamed.length));
    await expect(rejection(adapter.getEvents('pikachu', context))).resolves.toMatchObject({ version: EVENTS });
  });
});
