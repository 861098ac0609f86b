import { deepStrictEqual } from 'node:assert/strict';

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';

import { type DynamoDbProjection, dynamoDbProjection } from '../../src/index.js';
import type { Pokemons } from '../support/eventStores.js';
import type { ViewKind } from './program.js';
import { trainersOf, type World } from './world.js';

interface Log {
  log: string[];
}

export const nameOf = ({ aggregateId, version }: EventDetail): string => `${aggregateId} ${version}`;

/** Views that note the events that were applied to them, and a handler that throws where the world has poison. */
export const newViews = (
  world: World,
  kind: ViewKind,
  options: { name: string; tableName: string; client: DynamoDBClient; eventStore: Pokemons },
): DynamoDbProjection<Log> => {
  const { name, tableName, client: dynamoDbClient, eventStore } = options;
  const initialView: Log = { log: [] };
  const append = (view: Log, event: EventDetail): Log => {
    view.log.push(nameOf(event));
    if (world.isPoison(event)) throw new RangeError('poison');
    return view;
  };
  return dynamoDbProjection({
    name,
    eventStores: [eventStore],
    tableName,
    dynamoDbClient,
    initialView,
    key: kind === 'own' ? 'aggregateId' : trainersOf,
    project: { POKEMON_CAUGHT: append, POKEMON_TRADED: append },
  });
};

/** Every event that is stored is in its views once, those of each aggregate in version order. */
export const checkViews = async (world: World, kind: ViewKind, views: DynamoDbProjection<Log>): Promise<void> => {
  const stored = (await world.storedEvents()).filter(({ type }) => type !== 'POKEMON_NAMED');
  const keysOf = (event: EventDetail): string[] => (kind === 'own' ? [event.aggregateId] : trainersOf(event));
  for (const key of kind === 'own' ? world.aggregateIds : world.trainerIds) {
    const log = (await views.getView(key))?.log ?? [];
    const touching = stored.filter(event => keysOf(event).includes(key));
    for (const aggregateId of world.aggregateIds) {
      deepStrictEqual(
        log.filter(line => line.startsWith(`${aggregateId} `)),
        touching.filter(event => event.aggregateId === aggregateId).map(nameOf),
      );
    }
    deepStrictEqual(log.length, touching.length);
  }
};
