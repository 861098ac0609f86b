import {
  eventTableOperations,
  SUBJECT_KEY_CONTEXT,
  type SubjectKeyOperation,
  subjectKeyOperations,
} from '@castore-dynamodb/table';
import {
  onlyResource,
  roleIn,
  statementsOf,
  type TestApp,
  unsynthesizedApp,
} from '@castore-dynamodb/testing/synthesis';
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';

import {
  EventTable,
  InvalidEventTablePropsError,
  ProjectionTable,
  type ProjectionTableProps,
  type WrappingKeys,
} from '../../src/index.js';

/** Of an app that the tests of all constructs share. */
export const describeProjectionTable = ({ stack, template }: TestApp): void => {
  const IRELAND = { env: { account: '111122223333', region: 'eu-west-1' } };

  const synthesized = (props?: ProjectionTableProps) => {
    const within = stack();
    new ProjectionTable(within, 'Views', props);
    return () => onlyResource(template(within), 'AWS::DynamoDB::GlobalTable');
  };

  const defaults = synthesized();
  it('has the keys of projections, and the safety nets of an event table', () => {
    expect(defaults()).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        Replicas: [
          {
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          },
        ],
      },
    });
    expect(defaults().Properties).not.toHaveProperty('TimeToLiveSpecification');
  });

  const chosen = synthesized({
    tableName: 'views',
    encryption: dynamodb.TableEncryptionV2.dynamoOwnedKey(),
    pointInTimeRecovery: false,
    timeToLive: true,
    deletionProtection: false,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  it('takes every prop', () => {
    expect(chosen()).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: {
        TableName: 'views',
        SSESpecification: { SSEEnabled: false },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        Replicas: [
          {
            DeletionProtectionEnabled: false,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
          },
        ],
      },
    });
  });

  describe('each grant', () => {
    const within = stack(IRELAND);
    const key = new kms.Key(within, 'Key');
    const plain = new ProjectionTable(within, 'Plain');
    const encrypted = new ProjectionTable(within, 'Encrypted', {
      encryption: dynamodb.TableEncryptionV2.customerManagedKey(key),
    });
    const checkpoints = ['dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'];
    const actions = {
      grantProjections: checkpoints,
      grantGetView: 'dynamodb:BatchGetItem',
      grantListParked: 'dynamodb:Query',
      grantRetryParked: checkpoints,
      grantReplayEvents: [...checkpoints, 'dynamodb:Query'],
      grantStreamPoller: [...checkpoints, 'dynamodb:Query'],
      grantDeleteProjection: ['dynamodb:Scan', 'dynamodb:BatchWriteItem'],
    };
    const cases = (Object.keys(actions) as (keyof typeof actions)[]).map(method => {
      const roles = { plain: roleIn(within, method), encrypted: roleIn(within, `${method}Encrypted`) };
      plain[method](roles.plain);
      encrypted[method](roles.encrypted);
      return { method, roles };
    });

    it.each(cases)('$method allows exactly this', ({ method, roles }) => {
      const on = (table: ProjectionTable) => ({
        Effect: 'Allow',
        Action: actions[method],
        Resource: within.resolve(table.tableArn),
      });
      expect(statementsOf(roles.plain)).toEqual([on(plain)]);
      expect(statementsOf(roles.encrypted)).toEqual([
        on(encrypted),
        {
          Effect: 'Allow',
          Action: 'kms:Decrypt',
          Resource: within.resolve(key.keyArn),
          Condition: { StringLike: { 'kms:ViaService': 'dynamodb.eu-west-1.amazonaws.com*' } },
        },
      ]);
    });
  });

  describe('each grant on subjects’ keys', () => {
    const within = stack(IRELAND);
    const key = new kms.Key(within, 'Wrapping');
    const former = kms.Key.fromKeyArn(within, 'Former', 'arn:aws:kms:us-east-1:111122223333:key/former');
    const table = new ProjectionTable(within, 'Keys');
    const methods = {
      readSubjectKeys: 'grantReadSubjectKeys',
      writeSubjectKeys: 'grantWriteSubjectKeys',
      rewrapSubjectKeys: 'grantRewrapSubjectKeys',
    } as const;
    const operations = Object.keys(subjectKeyOperations) as SubjectKeyOperation[];
    const cases = operations.map(operation => {
      const [alone, withKeys] = [roleIn(within, operation), roleIn(within, `${operation}WithKeys`)];
      table[methods[operation]](alone);
      table[methods[operation]](withKeys, { wrappingKey: key, formerWrappingKeys: [former] });
      return { operation, alone, withKeys };
    });
    const one = (actions: readonly string[]) => (actions.length === 1 ? actions[0] : actions);

    it.each(cases)(
      '$operation allows on the wrapping keys what subjectKeyOperations says',
      ({ operation, alone, withKeys }) => {
        const onTable = {
          Effect: 'Allow',
          Action: one(eventTableOperations[operation].projectionTable),
          Resource: within.resolve(table.tableArn),
        };
        const { wrappingKey, formerWrappingKey } = subjectKeyOperations[operation];
        const onKey = (actions: readonly string[], { keyArn }: kms.IKey) => ({
          Effect: 'Allow',
          Action: one(actions),
          Resource: within.resolve(keyArn),
          Condition: { 'ForAnyValue:StringEquals': { 'kms:EncryptionContextKeys': SUBJECT_KEY_CONTEXT } },
        });
        expect(statementsOf(alone)).toEqual([onTable]);
        expect(statementsOf(withKeys)).toEqual([onTable, onKey(wrappingKey, key), onKey(formerWrappingKey, former)]);
      },
    );

    it.each<[string, WrappingKeys, string]>([
      ['a misspelt key', { wrapingKey: key } as WrappingKeys, 'wrapingKey'],
      ['a key that is none', { wrappingKey: 'alias/x' as never }, 'wrappingKey'],
      ['an alias by its name', { wrappingKey: kms.Alias.fromAliasName(within, 'Alias', 'alias/x') }, 'wrappingKey'],
      ['keys that are no list', { formerWrappingKeys: key as never }, 'formerWrappingKeys'],
      ['a former key that is none', { formerWrappingKeys: [former, {} as never] }, 'formerWrappingKeys[1]'],
    ])('refuses %s', (title, keys, prop) => {
      const role = roleIn(within, title.replaceAll(' ', ''));
      expect(() => table.grantReadSubjectKeys(role, keys)).toThrow(
        expect.objectContaining({ code: 'InvalidEventTableProps', prop }),
      );
    });
  });

  it('refuses a customer key if the region is not known', () => {
    const within = new Stack(unsynthesizedApp(), 'Stack');
    const encryption = dynamodb.TableEncryptionV2.customerManagedKey(new kms.Key(within, 'Key'));
    expect(() => new ProjectionTable(within, 'Views', { encryption })).toThrow(InvalidEventTablePropsError);
  });

  describe('synthesis warns', () => {
    const protectedOnes = stack();
    new ProjectionTable(protectedOnes, 'Views', { removalPolicy: RemovalPolicy.DESTROY });
    new EventTable(protectedOnes, 'Events', { removalPolicy: RemovalPolicy.DESTROY });
    const removable = stack();
    new ProjectionTable(removable, 'Views', { removalPolicy: RemovalPolicy.DESTROY, deletionProtection: false });
    new EventTable(removable, 'Events');

    it('of tables that are to go with their stack, and are protected from deletion', () => {
      const warnings = (within: Stack) => Annotations.fromStack(within).findWarning('*', Match.anyValue());
      expect(warnings(protectedOnes).map(({ entry }) => entry.data)).toEqual([
        expect.stringContaining('deletionProtection: false'),
        expect.stringContaining('deletionProtection: false'),
      ]);
      expect(warnings(removable)).toEqual([]);
    });
  });
};
