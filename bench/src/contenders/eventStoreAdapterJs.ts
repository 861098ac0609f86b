import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';
import { type Aggregate, type AggregateId, type Event, EventStoreFactory } from 'event-store-adapter-js';

import type { CreateContender } from './contender.js';

class PokemonId implements AggregateId {
  readonly typeName = 'pokemon';

  constructor(readonly value: string) {}

  asString = (): string => `${this.typeName}-${this.value}`;
}

class Pokemon implements Aggregate<Pokemon, PokemonId> {
  readonly typeName = 'pokemon';

  constructor(
    readonly id: PokemonId,
    readonly sequenceNumber: number,
    readonly version: number,
    readonly levels: number,
  ) {}

  withVersion(version: number): Pokemon {
    return new Pokemon(this.id, this.sequenceNumber, version, this.levels);
  }

  updateVersion(update: (version: number) => number): Pokemon {
    return this.withVersion(update(this.version));
  }
}

class LeveledUp implements Event<PokemonId> {
  readonly typeName = 'LeveledUp';

  constructor(
    readonly id: string,
    readonly aggregateId: PokemonId,
    readonly sequenceNumber: number,
    readonly occurredAt: Date,
    readonly isCreated: boolean,
    readonly detail: EventDetail,
  ) {}
}

interface EventJson {
  data: {
    id: string;
    aggregateId: { value: string };
    sequenceNumber: number;
    occurredAt: string;
    isCreated: boolean;
    detail: EventDetail;
  };
}

interface AggregateJson {
  data: { id: { value: string }; sequenceNumber: number; version: number; levels: number };
}

/** Its converters are given what was parsed already, whatever their types say. */
const toLeveledUp = ({ data }: EventJson): LeveledUp => {
  const { id, aggregateId, sequenceNumber, occurredAt, isCreated, detail } = data;
  return new LeveledUp(id, new PokemonId(aggregateId.value), sequenceNumber, new Date(occurredAt), isCreated, detail);
};

const toPokemon = ({ data: { id, sequenceNumber, version, levels } }: AggregateJson): Pokemon =>
  new Pokemon(new PokemonId(id.value), sequenceNumber, version, levels);

/** Journal and snapshots in two tables, as its documentation has it; its reads are of an index, and not consistent. */
export const eventStoreAdapterJs: CreateContender = ({ config, aggregateId }) => {
  const client = new DynamoDBClient(config);
  const [journal, snapshots] = [`journal-${process.pid}`, `snapshots-${process.pid}`];
  const eventStore = EventStoreFactory.ofDynamoDB<PokemonId, Pokemon, LeveledUp>(
    client,
    journal,
    snapshots,
    'aid-index',
    'aid-index',
    64,
    json => toLeveledUp(json as unknown as EventJson),
    json => toPokemon(json as unknown as AggregateJson),
  );
  const id = new PokemonId(aggregateId);
  const toEvent = (detail: EventDetail): LeveledUp =>
    new LeveledUp(String(detail.version), id, detail.version, new Date(detail.timestamp), detail.version === 1, detail);
  const levelOf = ({ payload }: EventDetail): number => (payload as { level: number }).level;
  let version = 0;

  return {
    seed: async events => {
      for (const TableName of [journal, snapshots]) await createTable(client, TableName);
      let levels = 0;
      for (const [index, detail] of events.entries()) {
        const event = toEvent(detail);
        const hasSnapshot = index === 0 || index === events.length - 1;
        levels += levelOf(detail);
        const pokemon = new Pokemon(id, detail.version, version, levels);
        await (hasSnapshot
          ? eventStore.persistEventAndSnapshot(event, pokemon)
          : eventStore.persistEvent(event, version));
        version++;
      }
    },
    read: async onFirst => {
      const events = await eventStore.getEventsByIdSinceSequenceNumber(id, 1);
      onFirst();
      return events.map(({ detail }) => detail);
    },
    load: async () => {
      const pokemon = await eventStore.getLatestSnapshotById(id);
      const later = await eventStore.getEventsByIdSinceSequenceNumber(id, (pokemon?.sequenceNumber ?? 0) + 1);
      return later.reduce((levels, { detail }) => levels + levelOf(detail), pokemon?.levels ?? 0);
    },
    push: detail => eventStore.persistEvent(toEvent(detail), version++),
  };
};

const createTable = async (client: DynamoDBClient, TableName: string): Promise<void> => {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pkey', AttributeType: 'S' },
        { AttributeName: 'skey', AttributeType: 'S' },
        { AttributeName: 'aid', AttributeType: 'S' },
        { AttributeName: 'seq_nr', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'pkey', KeyType: 'HASH' },
        { AttributeName: 'skey', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'aid-index',
          KeySchema: [
            { AttributeName: 'aid', KeyType: 'HASH' },
            { AttributeName: 'seq_nr', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30 }, { TableName });
};
