import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventStore } from '@castore/core';

import { dynamoDbProjection, InMemoryCheckpointStore, projection } from '../../src/index.js';
import type { StreamsContext } from './describeOnEveryLayout.js';
import type { Pokemons, Trainers } from './eventStores.js';
import { useProjectionTable } from './projectionTable.js';

interface Log {
  log: string[];
}

export const newName = (() => {
  let count = 0;
  return () => `trainers-${++count}`;
})();

type PokemonEvent = Parameters<NonNullable<Pokemons['onEventPushed']>>[0]['event'];

/** Projections to replay events to, and events. */
export const useReplays = ({ pokemons, trainers, dynamoDbClient, requests }: StreamsContext) => {
  const tableName = useProjectionTable(dynamoDbClient);

  const operations = (): string[] => requests.map(({ operation }) => operation);
  const count = (operation: string): number => operations().filter(one => one === operation).length;
  const initialView: Log = { log: [] };

  interface ViewOptions {
    name?: string;
    client?: DynamoDBClient;
    eventStores?: { pokemons: Pokemons; trainers: Trainers };
    handle?: (event: { aggregateId: string; version: number }) => void;
  }

  /** The events of each aggregate, as they were applied. */
  const newView = ({
    name = newName(),
    client = dynamoDbClient,
    eventStores = { pokemons, trainers },
    handle,
  }: ViewOptions = {}) => {
    const append = (view: Log, event: { type: string; aggregateId: string; version: number }): Log => {
      handle?.(event);
      return { log: [...view.log, `${event.type} ${event.version}`] };
    };
    return dynamoDbProjection({
      name,
      eventStores: [eventStores.pokemons, eventStores.trainers],
      tableName,
      dynamoDbClient: client,
      initialView,
      key: event => event.aggregateId,
      project: { TRAINER_CREATED: append, POKEMON_CAUGHT: append, POKEMON_TRADED: append },
    });
  };

  const newMailer = (handled: string[], eventStores: Pokemons[] = [pokemons], name = newName()) => {
    const note = (event: PokemonEvent, { replay }: { replay: boolean }): void => {
      handled.push(`${event.aggregateId} ${event.version}${replay ? '' : ' live'}`);
    };
    return projection({
      name,
      eventStores,
      checkpoints: new InMemoryCheckpointStore(),
      on: { POKEMON_CAUGHT: note, POKEMON_NAMED: note, POKEMON_TRADED: note },
    });
  };

  const catchPokemon = async (aggregateId: string, version = 1, timestamp?: string): Promise<void> => {
    const payload = { trainerId: 'ash' };
    const event = { aggregateId, version, type: 'POKEMON_CAUGHT' as const, payload };
    await pokemons.pushEvent(timestamp === undefined ? event : { ...event, timestamp });
  };
  const namePokemon = async (aggregateId: string, version: number, timestamp?: string): Promise<void> => {
    const event = { aggregateId, version, type: 'POKEMON_NAMED' as const, payload: 'Pika', metadata: 1 };
    await pokemons.pushEvent(timestamp === undefined ? event : { ...event, timestamp });
  };
  const create = async (aggregateId: string): Promise<void> => {
    const payload = { name: aggregateId };
    await trainers.pushEvent({ aggregateId, version: 1, type: 'TRAINER_CREATED', payload });
  };
  const catchMany = async (aggregateId: string, first: number, last: number, size = 10): Promise<void> => {
    for (let start = first; start <= last; start += 20) {
      const group = Array.from({ length: Math.min(20, last - start + 1) }, (_, index) =>
        pokemons.groupEvent({
          aggregateId,
          version: start + index,
          type: 'POKEMON_CAUGHT',
          payload: { trainerId: 'x'.repeat(size) },
        }),
      );
      await EventStore.pushEventGroup({}, ...(group as [(typeof group)[0]]));
    }
  };

  return { tableName, operations, count, newView, newMailer, catchPokemon, namePokemon, create, catchMany };
};
