import { type AttributeValue, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';

import { dynamoDbProjection, type StreamRecord } from '../../src/index.js';
import type { StreamsContext } from './describeOnEveryLayout.js';
import type { Pokemons } from './eventStores.js';
import { useProjectionTable } from './projectionTable.js';
import { lambdaRecords } from './streams.js';

interface Log {
  log: string[];
}

interface ViewOptions {
  name?: string;
  client?: DynamoDBClient;
  eventStore?: Pokemons;
  eventStores?: Pokemons[];
  key?: 'aggregateId' | ((event: EventDetail) => string);
  handle?: (event: EventDetail) => void;
  /** The version after which there is no view. */
  deletedBy?: number;
}

/** Views of one aggregate each, which note the versions of their events. */
export const useOwnViews = ({ pokemons, tableNames, dynamoDbClient, streamsClient, requests }: StreamsContext) => {
  const tableName = useProjectionTable(dynamoDbClient);
  let names = 0;
  const newName = (): string => `own-${++names}`;
  const initialView: Log = { log: [] };

  const newView = ({
    name = newName(),
    client = dynamoDbClient,
    eventStore = pokemons,
    eventStores = [eventStore],
    key = 'aggregateId',
    handle,
    deletedBy,
  }: ViewOptions = {}) =>
    dynamoDbProjection({
      name,
      eventStores,
      tableName,
      dynamoDbClient: client,
      initialView,
      key,
      project: {
        POKEMON_CAUGHT: (view, event) => {
          view.log.push(String(event.version));
          handle?.(event);
          return event.version === deletedBy ? undefined : view;
        },
      },
    });

  const itemOf = async (
    { name }: { name: string },
    aggregateId: string,
  ): Promise<Record<string, AttributeValue> | undefined> => {
    const Key = { pk: { S: `${name}#${aggregateId}` }, sk: { S: 'view' } };
    return (await dynamoDbClient.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }))).Item;
  };

  const push = async (aggregateId: string, version: number): Promise<void> => {
    await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_CAUGHT', payload: { trainerId: 'ash' } });
  };
  const rename = async (aggregateId: string, version: number): Promise<void> => {
    await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_NAMED', payload: 'Pika', metadata: 1 });
  };

  const recordsOf = async (...aggregateIds: string[]): Promise<StreamRecord[]> => {
    const records = await lambdaRecords(dynamoDbClient, streamsClient, tableNames.pokemons);
    requests.splice(0);
    const keys = aggregateIds.map(id => `POKEMONS#${id}`);
    return records.filter(({ dynamodb }) => keys.includes(dynamodb?.NewImage?.['aggregateId']?.S ?? ''));
  };

  return { tableName, newName, newView, itemOf, push, rename, recordsOf };
};
