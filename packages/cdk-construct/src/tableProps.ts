import { type EventTableLayout, eventTableDefinition, type KeySchemaElement } from '@castore-dynamodb/table';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';

import { capacity } from './billing.js';
import { defined, InvalidEventTablePropsError } from './checks.js';
import type { EventTableProps } from './EventTableProps.js';

/** What the CDK's table is made from, with the defaults of an event table. */
export const tableProps = (
  layout: EventTableLayout,
  {
    billing = { mode: 'on-demand' },
    encryption = dynamodb.TableEncryptionV2.awsManagedKey(),
    pointInTimeRecovery = true,
    deletionProtection = true,
    replicaRegions = [],
    ...props
  }: EventTableProps,
): dynamodb.TablePropsV2 => {
  const { index, ...keys } = eventTableKeys(layout);
  const { billing: tableBilling, index: indexCapacity } = capacity(billing);

  return {
    ...keys,
    globalSecondaryIndexes: [{ ...index, ...indexCapacity }],
    billing: tableBilling,
    encryption,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: pointInTimeRecovery },
    deletionProtection,
    replicas: replicaRegions.map(region => ({ region })),
    ...defined({
      tableName: props.tableName,
      removalPolicy: props.removalPolicy,
      dynamoStream: streamViewType(props.stream, replicaRegions),
      contributorInsightsSpecification: props.contributorInsights && { enabled: true, mode: props.contributorInsights },
      tableClass: props.tableClass,
      timeToLiveAttribute: props.timeToLiveAttribute,
    }),
  };
};

/**
 * DynamoDB replicates from a stream of new and old images, whose type cannot be changed while there are replicas.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-dynamodb-globaltable-streamspecification.html
 */
const streamViewType = (
  stream: dynamodb.StreamViewType | undefined,
  replicaRegions: readonly string[],
): dynamodb.StreamViewType | undefined => {
  if (replicaRegions.length === 0) return stream;
  if (stream === undefined || stream === dynamodb.StreamViewType.NEW_AND_OLD_IMAGES) {
    return dynamodb.StreamViewType.NEW_AND_OLD_IMAGES;
  }
  throw new InvalidEventTablePropsError(
    'stream',
    `a table with replicas streams NEW_AND_OLD_IMAGES, got ${stream}. Leave it out: each record holds the new image too.`,
  );
};

const ATTRIBUTE_TYPES = { S: dynamodb.AttributeType.STRING, N: dynamodb.AttributeType.NUMBER };

interface EventTableKeys {
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
const eventTableKeys = (layout: EventTableLayout): EventTableKeys => {
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
