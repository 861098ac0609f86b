import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbSingleTableEventStorageAdapter, type EventTransformation } from '@castore-dynamodb/adapter';

import { encryption, evolution, largeEvents, type SubjectKeys } from '../src/index.js';

const dynamoDbClient = new DynamoDBClient({ region: 'eu-west-1' });
const keys: SubjectKeys = { keyFor: async () => undefined, keyOf: async () => undefined };
const encrypted = encryption({ keys, subjectOf: ({ aggregateId }) => aggregateId });
const large = largeEvents();
const evolving = evolution({ eventStores: {} });

const open = (...transformations: EventTransformation[]) =>
  new DynamoDbSingleTableEventStorageAdapter({ tableName: 'events', dynamoDbClient, transformations });

it('encryption after what stores events in another form is refused: it would find nothing to encrypt', () => {
  expect(() => open(large, encrypted)).toThrow(
    expect.objectContaining({ code: 'InvalidArgumentError', argument: 'options.transformations[1]' }),
  );
  expect(() => open(evolving, large, encrypted)).toThrow(
    expect.objectContaining({ code: 'InvalidArgumentError', argument: 'options.transformations[2]' }),
  );
});

it.each([[[encrypted, large]], [[evolving, encrypted, large]], [[evolving, encrypted]], [[large]]])(
  'any other order is taken (%#)',
  transformations => {
    expect(() => open(...transformations)).not.toThrow();
  },
);
