import { type EventTableLayout, eventTableDefinition, type KeySchemaElement } from '@castore-dynamodb/table';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';

const ATTRIBUTE_TYPES = { S: dynamodb.AttributeType.STRING, N: dynamodb.AttributeType.NUMBER };

export interface EventTableKeys {
  readonly partitionKey: dynamodb.Attribute;
  readonly sortKey: dynamodb.Attribute;
  readonly index: {
    readonly indexName: string;
    readonly partitionKey: dynamodb.Attribute;
    readonly sortKey: dynamodb.Attribute;
    readonly projectionType: dynamodb.ProjectionType;
  };
}

/** The keys and the index of `eventTableDefinition`, as the CDK wants them: nothing about them is decided here. */
export const eventTableKeys = (layout: EventTableLayout): EventTableKeys => {
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = eventTableDefinition(layout);

  const keyAttribute = (schema: KeySchemaElement[], keyType: KeySchemaElement['KeyType']): dynamodb.Attribute => {
    const name = schema.find(key => key.KeyType === keyType)?.AttributeName;
    const definition = AttributeDefinitions.find(attribute => attribute.AttributeName === name);
    if (definition === undefined) throw new TypeError(`The event table's definition lacks a ${keyType} key.`);
    return { name: definition.AttributeName, type: ATTRIBUTE_TYPES[definition.AttributeType] };
  };

  const [index, ...others] = GlobalSecondaryIndexes;
  if (index === undefined || others.length > 0) throw new TypeError('An event table has exactly one index.');

  return {
    partitionKey: keyAttribute(KeySchema, 'HASH'),
    sortKey: keyAttribute(KeySchema, 'RANGE'),
    index: {
      indexName: index.IndexName,
      partitionKey: keyAttribute(index.KeySchema, 'HASH'),
      sortKey: keyAttribute(index.KeySchema, 'RANGE'),
      projectionType: dynamodb.ProjectionType[index.Projection.ProjectionType],
    },
  };
};
