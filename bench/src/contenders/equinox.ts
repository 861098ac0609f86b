import { CreateTableCommand, DynamoDB, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';
import { CachingStrategy, Codec, Decider, LoadOption, MemoryCache, StreamId } from '@equinox-js/core';
import {
  AccessStrategy,
  DynamoStoreCategory,
  DynamoStoreClient,
  DynamoStoreContext,
  QueryOptions,
  TipOptions,
} from '@equinox-js/dynamo-store';

import type { ContenderOptions, CreateContender } from './contender.js';

type Event = { type: 'LeveledUp'; data: EventDetail } | { type: 'Snapshot'; data: State };

interface State {
  levels: number;
  events: EventDetail[];
}

const evolve = (state: State, event: Event, keepsEvents: boolean): State => {
  if (event.type === 'Snapshot') return { ...event.data, events: [] };
  if (keepsEvents) state.events.push(event.data);
  return { levels: state.levels + (event.data.payload as { level: number }).level, events: state.events };
};

const INITIAL: State = { levels: 0, events: [] };

const codec = Codec.compress(Codec.json<Event>());

/** How many events go into one write when the stream is made. */
const EVENTS_A_WRITE = 20;

const createEquinox = (
  { config, aggregateId }: ContenderOptions,
  access: AccessStrategy<Event, State>,
  keepsEvents: boolean,
) => {
  const tableName = `equinox-${process.pid}`;
  const client = new DynamoDB(config);
  const context = new DynamoStoreContext({
    client: new DynamoStoreClient(client),
    tableName,
    tip: TipOptions.create({}),
    query: QueryOptions.create({}),
  });
  const fold = (state: State, events: Event[]): State =>
    events.reduce<State>((before, event) => evolve(before, event, keepsEvents), { ...state, events: [] });
  const deciderWith = (caching: ReturnType<typeof CachingStrategy.NoCache>) => {
    const category = DynamoStoreCategory.create(context, 'Pokemons', codec, fold, INITIAL, caching, access);
    return Decider.forStream(category, StreamId.create(aggregateId), undefined);
  };
  const writer = deciderWith(CachingStrategy.Cache(new MemoryCache()));
  const reader = deciderWith(CachingStrategy.NoCache());
  const append = (events: EventDetail[]): Promise<void> =>
    writer.transact(() => events.map(data => ({ type: 'LeveledUp', data })), LoadOption.AnyCachedValue);

  const seed = async (events: EventDetail[]): Promise<void> => {
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'p', AttributeType: 'S' },
          { AttributeName: 'i', AttributeType: 'N' },
        ],
        KeySchema: [
          { AttributeName: 'p', KeyType: 'HASH' },
          { AttributeName: 'i', KeyType: 'RANGE' },
        ],
      }),
    );
    await waitUntilTableExists({ client, maxWaitTime: 30 }, { TableName: tableName });
    for (let start = 0; start < events.length; start += EVENTS_A_WRITE) {
      await append(events.slice(start, start + EVENTS_A_WRITE));
    }
  };
  const state = () => reader.query(({ levels, events }) => ({ levels, events }));
  return { client, seed, append, state };
};

/** Equinox without snapshots, and a cache for its writes, as it recommends. */
export const equinox: CreateContender = options => {
  const { seed, append, state } = createEquinox(options, AccessStrategy.Unoptimized(), true);
  return {
    seed,
    read: async onFirst => {
      const { events } = await state();
      onFirst();
      return events;
    },
    push: event => append([event]),
  };
};

/** Equinox with its snapshot in the tip, which one GetItem reads. */
export const equinoxFromTip: CreateContender = options => {
  const isOrigin = ({ type }: Event): boolean => type === 'Snapshot';
  const toSnapshot = ({ levels }: State): Event => ({ type: 'Snapshot', data: { levels, events: [] } });
  const { client, seed, state } = createEquinox(options, AccessStrategy.Snapshot(isOrigin, toSnapshot), false);
  return { client, seed, load: async () => (await state()).levels };
};
