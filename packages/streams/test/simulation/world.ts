import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type EventDetail, EventStore } from '@castore/core';
import type { EventTableLayout } from '@castore-dynamodb/adapter';

import type { StreamRecord } from '../../src/index.js';
import { type EventStores, newAggregateId } from '../support/eventStores.js';
import { recordOf } from '../support/recordOf.js';
import { AGGREGATES, type EventSpec, TRAINERS } from './program.js';

/** The table that events are pushed to, and what is known of them. */
export class World {
  readonly aggregateIds = Array.from({ length: AGGREGATES }, newAggregateId);
  readonly trainerIds = Array.from({ length: TRAINERS }, newAggregateId);
  readonly #versions = new Map<string, number>();
  readonly #poison = new Set<string>();

  constructor(
    readonly client: DynamoDBClient,
    readonly layout: EventTableLayout,
    readonly eventStores: EventStores,
  ) {}

  isPoison({ aggregateId, version }: EventDetail): boolean {
    return this.#poison.has(`${aggregateId} ${version}`);
  }

  repair(): void {
    this.#poison.clear();
  }

  /** Pushes events, as a group if there are several; the record of each, and whether it is its aggregate's last. */
  async push(specs: EventSpec[]): Promise<{ spec: EventSpec; record: StreamRecord }[]> {
    const { pokemons } = this.eventStores;
    const events = specs.map(spec => this.#toEvent(spec));
    await EventStore.pushEventGroup({}, ...(events.map(event => pokemons.groupEvent(event)) as [never]));
    const records = await Promise.all(
      events.map(({ aggregateId, version }, index) => this.#record(aggregateId, version, specs[index]?.isDamaged)),
    );
    return specs.map((spec, index) => ({ spec, record: records[index] as StreamRecord }));
  }

  #toEvent({ aggregate, kind, trainers, isPoison }: EventSpec) {
    const aggregateId = this.aggregateIds[aggregate] as string;
    const version = (this.#versions.get(aggregateId) ?? 0) + 1;
    this.#versions.set(aggregateId, version);
    if (isPoison) this.#poison.add(`${aggregateId} ${version}`);
    const [from, to] = trainers.map(trainer => this.trainerIds[trainer]) as [string, string];
    if (kind === 0) return { aggregateId, version, type: 'POKEMON_NAMED' as const, payload: 'Pika', metadata: 1 };
    return kind === 1
      ? { aggregateId, version, type: 'POKEMON_CAUGHT' as const, payload: { trainerId: from } }
      : { aggregateId, version, type: 'POKEMON_TRADED' as const, payload: { from, to } };
  }

  /** The record of an aggregate's last event, so that a stream can end with it. */
  async lastRecords(): Promise<StreamRecord[]> {
    return Promise.all([...this.#versions].map(([id, version]) => this.#record(id, version, false)));
  }

  async #record(aggregateId: string, version: number, isDamaged = false): Promise<StreamRecord> {
    const { layout, client: dynamoDbClient, eventStores } = this;
    const record = await recordOf({ layout, dynamoDbClient, tableNames: eventStores.tableNames }, aggregateId, version);
    const NewImage = { ...record.dynamodb?.NewImage, ...(isDamaged && { payload: {} as AttributeValue }) };
    return { ...record, dynamodb: { NewImage } };
  }

  /** All events that are stored, read through the event store. */
  async storedEvents(): Promise<EventDetail[]> {
    const { pokemons } = this.eventStores;
    const all = await Promise.all(this.aggregateIds.map(async id => (await pokemons.getEvents(id)).events));
    return all.flat();
  }
}

/** The trainers whose views an event touches. */
export const trainersOf = ({ type, payload }: EventDetail): string[] => {
  if (type === 'POKEMON_CAUGHT') return [(payload as { trainerId: string }).trainerId];
  if (type !== 'POKEMON_TRADED') return [];
  const { from, to } = payload as { from: string; to: string };
  return [...new Set([from, to])];
};
