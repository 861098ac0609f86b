import { EVENT_TABLE_ATTRIBUTES, type EventTableLayout, eventTableDefinition } from '@castore-dynamodb/table';
import { Annotations, RemovalPolicy, Token } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';

import {
  checkBoolean,
  checkOneOf,
  checkProps,
  checkTableName,
  differ,
  InvalidEventTablePropsError,
  isKnown,
  type PropNames,
  refuse,
} from './checks.js';
import type { EventTableProps } from './EventTableProps.js';

const NAMES = {
  layout: true,
  tableName: true,
  billing: true,
  encryption: true,
  pointInTimeRecovery: true,
  deletionProtection: true,
  removalPolicy: true,
  stream: true,
  contributorInsights: true,
  tableClass: true,
  timeToLiveAttribute: true,
  replicaRegions: true,
  tags: true,
  alarms: true,
} satisfies PropNames<EventTableProps>;

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html */
const WITHOUT_TRANSACTIONS =
  'a table with strong consistency across regions has no transactions, which event groups and projections need. Use replicaRegions, and push in one region at a time.';

/** Refuses what could not be deployed, or would not do what it says. */
export const checkTableProps = (props: EventTableProps, stackRegion: string): void => {
  checkProps(props, NAMES, '', {
    multiRegionConsistency: WITHOUT_TRANSACTIONS,
    witnessRegion: WITHOUT_TRANSACTIONS,
  });
  const { encryption, replicaRegions = [], timeToLiveAttribute, tags = {} } = props;
  checkLayout(props.layout);
  checkTableName(props.tableName);
  checkRemovalPolicy(props.removalPolicy);
  checkOneOf('stream', props.stream, Object.values(dynamodb.StreamViewType));
  checkOneOf('contributorInsights', props.contributorInsights, Object.values(dynamodb.ContributorInsightsMode));
  checkOneOf('tableClass', props.tableClass, Object.values(dynamodb.TableClass));
  checkReplicaRegions(replicaRegions, stackRegion);
  if (encryption !== undefined) checkEncryption(encryption, stackRegion, replicaRegions);
  if (isKnown(timeToLiveAttribute)) checkTimeToLive(timeToLiveAttribute);
  checkTags(tags);
  checkBoolean('pointInTimeRecovery', props.pointInTimeRecovery);
  checkBoolean('deletionProtection', props.deletionProtection);
};

export const checkLayout = (layout: EventTableLayout | undefined): void => {
  if (layout !== undefined) eventTableDefinition(layout);
};

/** CloudFormation takes no snapshot of a table. */
export const checkRemovalPolicy = (removalPolicy: RemovalPolicy | undefined): void => {
  checkOneOf(
    'removalPolicy',
    removalPolicy,
    Object.values(RemovalPolicy).filter(policy => policy !== RemovalPolicy.SNAPSHOT),
  );
};

const checkReplicaRegions = (replicaRegions: readonly string[], stackRegion: string): void => {
  if (!Array.isArray(replicaRegions)) refuse('replicaRegions', 'an array of regions', replicaRegions);
  if (replicaRegions.length > 0 && Token.isUnresolved(stackRegion)) {
    throw new InvalidEventTablePropsError(
      'replicaRegions',
      'a table with replicas needs to know the region of its stack. Give the stack an env.region.',
    );
  }
  for (const [index, region] of replicaRegions.entries()) {
    if (Token.isUnresolved(region) || !/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region)) {
      refuse('replicaRegions', 'names of regions that are known now, such as eu-west-1', region);
    }
    if (region === stackRegion) {
      throw new InvalidEventTablePropsError(
        'replicaRegions',
        `the table itself is in ${region}. Name the others only.`,
      );
    }
    if (replicaRegions.indexOf(region) !== index) {
      throw new InvalidEventTablePropsError('replicaRegions', `${region} is there twice.`);
    }
  }
};

const checkTimeToLive = (attribute: string): void => {
  // Events would expire, or none ever would.
  if (Object.hasOwn(EVENT_TABLE_ATTRIBUTES, attribute)) {
    throw new InvalidEventTablePropsError(
      'timeToLiveAttribute',
      `${attribute} is an attribute of events. Choose another one.`,
    );
  }
  if (typeof attribute !== 'string' || attribute.length < 1 || attribute.length > 255) {
    refuse('timeToLiveAttribute', 'a name of 1 to 255 characters', attribute);
  }
};

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html */
const checkTags = (tags: Readonly<Record<string, string>>): void => {
  if (typeof tags !== 'object' || tags === null) refuse('tags', 'an object', tags);
  const entries = Object.entries(tags);
  if (entries.length > 50) refuse('tags', 'at most 50 tags', entries.length);
  for (const [key, value] of entries) checkTag(key, value);
};

const checkTag = (key: string, value: string): void => {
  if (key.length < 1 || key.length > 128 || key.toLowerCase().startsWith('aws:')) {
    refuse('tags', 'keys of 1 to 128 characters that do not begin with aws:', key);
  }
  if (isKnown(value) && (typeof value !== 'string' || value.length > 256)) {
    refuse(`tags.${key}`, 'a string of at most 256 characters', value);
  }
};

/** Of a table that is to go with its stack, and would make deleting the stack fail. */
export const warnOfProtection = (
  scope: Construct,
  { removalPolicy, deletionProtection = true }: Pick<EventTableProps, 'removalPolicy' | 'deletionProtection'>,
): void => {
  if (removalPolicy !== RemovalPolicy.DESTROY || !deletionProtection) return;
  Annotations.of(scope).addWarningV2(
    '@castore-dynamodb/cdk-construct:deletionProtection',
    'The removal policy is DESTROY, but deletion protection is on: DynamoDB will refuse to delete the table with its stack. Add deletionProtection: false, or leave out the removal policy.',
  );
};

/** Refuses keys that DynamoDB refuses, or the CDK in other words: each has to be of its replica's region. */
export const checkEncryption = (
  encryption: dynamodb.TableEncryptionV2,
  stackRegion: string,
  replicaRegions: readonly string[] = [],
): void => {
  if (typeof encryption !== 'object' || encryption === null) refuse('encryption', 'a TableEncryptionV2', encryption);
  const { tableKey, replicaKeyArns = {} } = encryption;
  if (tableKey === undefined) return;
  if (Token.isUnresolved(stackRegion)) {
    throw new InvalidEventTablePropsError(
      'encryption',
      'a customer key needs to know the region of its stack. Give the stack an env.region.',
    );
  }
  if (differ(tableKey.env.region, stackRegion)) {
    refuse('encryption.tableKey', `a key of the table's region ${stackRegion}`, `a key of ${tableKey.env.region}`);
  }
  for (const region of replicaRegions) checkReplicaKey(region, replicaKeyArns[region]);
  for (const region of Object.keys(replicaKeyArns).filter(each => !replicaRegions.includes(each))) {
    throw new InvalidEventTablePropsError(
      `encryption.replicaKeyArns.${region}`,
      region === stackRegion
        ? 'this is the region of the table, whose key is encryption.tableKey.'
        : 'there is no replica in that region.',
    );
  }
};

const checkReplicaKey = (region: string, arn: string | undefined): void => {
  if (arn !== undefined && Token.isUnresolved(arn)) return;
  const [, , service, keyRegion] = String(arn).split(':');
  if (service === 'kms' && !differ(keyRegion, region)) return;
  refuse(`encryption.replicaKeyArns.${region}`, 'the ARN of a key in that region', arn);
};
