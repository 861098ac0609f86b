import type { CloudFormationResource } from '@castore-dynamodb/testing/createTableRequest';
import { onlyResource, type TestApp } from '@castore-dynamodb/testing/synthesis';
import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';

import { EVENT_TABLE_LAYOUTS, EventTable, type EventTableProps } from '../../src/index.js';

/** Of an app that the tests of all constructs share. */
export const describeEventTable = ({ stack, template }: TestApp): void => {
  const IRELAND = { env: { account: '111122223333', region: 'eu-west-1' } };

  /** The resource that props come to, in a stack of their own. */
  const synthesized = (props?: EventTableProps, within = stack()) => {
    new EventTable(within, 'Events', props);
    return () => onlyResource(template(within), 'AWS::DynamoDB::GlobalTable');
  };

  /** The table's own settings: in a global table, those of the replica in the stack's region, which comes last. */
  const inRegion = (table: CloudFormationResource): Record<string, any> => table.Properties.Replicas.at(-1);

  describe('without props', () => {
    const within = stack();
    const { streamArn, alarms, layout } = new EventTable(within, 'Events');

    it('is the table a production team wants', () => {
      const table = onlyResource(template(within), 'AWS::DynamoDB::GlobalTable');

      expect(table).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
      expect(table.Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      });
      expect(inRegion(table)).toMatchObject({
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
      expect({ layout, streamArn, alarms }).toEqual({ layout: 'single-table', streamArn: undefined, alarms: [] });
    });

    it('is this template, whole', () => {
      expect(template(within).toJSON().Resources).toMatchSnapshot();
    });
  });

  describe('every prop', () => {
    const byLayout = {
      'single-table': synthesized({ layout: 'single-table' }),
      'table-per-store': synthesized({ layout: 'table-per-store' }),
    };
    it('layout', () => {
      expect(byLayout['single-table']().Properties.AttributeDefinitions).toContainEqual({
        AttributeName: 'eventStoreId',
        AttributeType: 'S',
      });
      expect(byLayout['table-per-store']().Properties.AttributeDefinitions).toContainEqual({
        AttributeName: 'isInitialEvent',
        AttributeType: 'N',
      });
    });

    const layouts = EVENT_TABLE_LAYOUTS.map(layout => {
      const within = stack();
      new EventTable(within, 'Events', { layout });
      return within;
    });
    it('layout: another one is another resource, as the keys of an index cannot be changed', () => {
      const ids = layouts.flatMap(within => Object.keys(template(within).findResources('AWS::DynamoDB::GlobalTable')));
      expect(new Set(ids).size).toBe(EVENT_TABLE_LAYOUTS.length);
    });

    const named = synthesized({ tableName: 'orders-events' });
    it('tableName', () => {
      expect(named().Properties.TableName).toBe('orders-events');
    });

    const capped = synthesized({ billing: { mode: 'on-demand', maxReadRequestUnits: 500, maxWriteRequestUnits: 200 } });
    it('billing: on-demand, capped on the table and on its index', () => {
      const table = capped();
      const reads = { ReadOnDemandThroughputSettings: { MaxReadRequestUnits: 500 } };
      const writes = { WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: 200 } };

      expect(table.Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        ...writes,
        GlobalSecondaryIndexes: [writes],
      });
      expect(inRegion(table)).toMatchObject({ ...reads, GlobalSecondaryIndexes: [reads] });
    });

    const readsCapped = synthesized({ billing: { mode: 'on-demand', maxReadRequestUnits: 1 } });
    it('billing: on-demand, one cap leaves the other absent', () => {
      expect(readsCapped().Properties).not.toHaveProperty('WriteOnDemandThroughputSettings');
      expect(readsCapped().Properties.GlobalSecondaryIndexes[0]).not.toHaveProperty('WriteOnDemandThroughputSettings');
    });

    const read = { minCapacity: 5, maxCapacity: 50, targetUtilizationPercent: 60 };
    const write = { minCapacity: 6, maxCapacity: 60, targetUtilizationPercent: 80 };
    const autoscaling = (min: number, max: number, target: number) => ({
      MinCapacity: min,
      MaxCapacity: max,
      TargetTrackingScalingPolicyConfiguration: { TargetValue: target },
    });
    const reading = (...settings: [number, number, number]) => ({
      ReadProvisionedThroughputSettings: { ReadCapacityAutoScalingSettings: autoscaling(...settings) },
    });
    const writing = (...settings: [number, number, number]) => ({
      WriteProvisionedThroughputSettings: { WriteCapacityAutoScalingSettings: autoscaling(...settings) },
    });

    const provisioned = synthesized({ billing: { mode: 'provisioned', read, write } });
    it('billing: provisioned, the index like the table', () => {
      const table = provisioned();

      expect(table.Properties).toMatchObject({
        BillingMode: 'PROVISIONED',
        ...writing(6, 60, 80),
        GlobalSecondaryIndexes: [writing(6, 60, 80)],
      });
      expect(inRegion(table)).toMatchObject({ ...reading(5, 50, 60), GlobalSecondaryIndexes: [reading(5, 50, 60)] });
    });

    const indexApart = synthesized({
      billing: { mode: 'provisioned', read, write, indexRead: { maxCapacity: 10 }, indexWrite: { maxCapacity: 20 } },
    });
    it('billing: provisioned, the index apart', () => {
      const table = indexApart();

      expect(table.Properties).toMatchObject({ ...writing(6, 60, 80), GlobalSecondaryIndexes: [writing(1, 20, 70)] });
      expect(inRegion(table)).toMatchObject({ ...reading(5, 50, 60), GlobalSecondaryIndexes: [reading(1, 10, 70)] });
    });

    const encrypted = stack(IRELAND);
    const key = new kms.Key(encrypted, 'Key');
    const withCustomerKey = synthesized({ encryption: dynamodb.TableEncryptionV2.customerManagedKey(key) }, encrypted);
    it('encryption', () => {
      const table = withCustomerKey();

      expect(table.Properties.SSESpecification).toEqual({ SSEEnabled: true, SSEType: 'KMS' });
      expect(inRegion(table)['SSESpecification']).toEqual({
        KMSMasterKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] },
      });
    });

    const unprotected = synthesized({
      pointInTimeRecovery: false,
      deletionProtection: false,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    it('pointInTimeRecovery, deletionProtection, removalPolicy', () => {
      const table = unprotected();

      expect(inRegion(table)).toMatchObject({
        DeletionProtectionEnabled: false,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
      });
      expect(table).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
    });

    const streaming = stack();
    const { streamArn = 'none' } = new EventTable(streaming, 'Events', { stream: dynamodb.StreamViewType.NEW_IMAGE });
    it('stream, whose ARN is then known', () => {
      const table = onlyResource(template(streaming), 'AWS::DynamoDB::GlobalTable');

      expect(table.Properties.StreamSpecification).toEqual({ StreamViewType: 'NEW_IMAGE' });
      expect(streaming.resolve(streamArn)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Events/), 'StreamArn'] });
    });

    const insights = synthesized({ contributorInsights: dynamodb.ContributorInsightsMode.THROTTLED_KEYS });
    it('contributorInsights, on the table and on its index', () => {
      const throttledKeys = { ContributorInsightsSpecification: { Enabled: true, Mode: 'THROTTLED_KEYS' } };

      expect(inRegion(insights())).toMatchObject({ ...throttledKeys, GlobalSecondaryIndexes: [throttledKeys] });
    });

    const infrequent = synthesized({ tableClass: dynamodb.TableClass.STANDARD_INFREQUENT_ACCESS });
    it('tableClass', () => {
      expect(inRegion(infrequent())['TableClass']).toBe('STANDARD_INFREQUENT_ACCESS');
    });

    const expiring = synthesized({ timeToLiveAttribute: 'expiresAt' });
    it('timeToLiveAttribute', () => {
      expect(expiring().Properties.TimeToLiveSpecification).toEqual({ AttributeName: 'expiresAt', Enabled: true });
    });

    const tagged = synthesized(
      { tags: { team: 'orders', stage: 'prod' }, replicaRegions: ['eu-central-1'] },
      stack(IRELAND),
    );
    it('tags, on every replica', () => {
      const tags = [
        { Key: 'stage', Value: 'prod' },
        { Key: 'team', Value: 'orders' },
      ];
      expect(tagged().Properties.Replicas.map(({ Tags }: { Tags: unknown }) => Tags)).toEqual([tags, tags]);
    });

    const replicated = stack(IRELAND);
    const global = new EventTable(replicated, 'Events', { replicaRegions: ['eu-central-1', 'eu-north-1'] });
    it('replicaRegions, with the settings of the table and a stream', () => {
      const { Replicas, StreamSpecification } = onlyResource(
        template(replicated),
        'AWS::DynamoDB::GlobalTable',
      ).Properties;

      expect(Replicas).toEqual(
        ['eu-central-1', 'eu-north-1', 'eu-west-1'].map(Region => ({
          Region,
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          GlobalSecondaryIndexes: [{ IndexName: 'initialEvents' }],
        })),
      );
      expect(StreamSpecification).toEqual({ StreamViewType: 'NEW_AND_OLD_IMAGES' });
      expect(global.streamArn).toBeDefined();
    });

    const replicatedKeys = stack(IRELAND);
    const keyOf = (region: string) => `arn:aws:kms:${region}:111122223333:key/of-${region}`;
    const withReplicaKeys = synthesized(
      {
        replicaRegions: ['eu-central-1'],
        encryption: dynamodb.TableEncryptionV2.customerManagedKey(
          kms.Key.fromKeyArn(replicatedKeys, 'Key', keyOf('eu-west-1')),
          { 'eu-central-1': keyOf('eu-central-1') },
        ),
      },
      replicatedKeys,
    );
    it('encryption of replicas with a key of their region', () => {
      expect(withReplicaKeys().Properties.Replicas).toMatchObject([
        { Region: 'eu-central-1', SSESpecification: { KMSMasterKeyId: keyOf('eu-central-1') } },
        { Region: 'eu-west-1', SSESpecification: { KMSMasterKeyId: keyOf('eu-west-1') } },
      ]);
    });
  });
};
