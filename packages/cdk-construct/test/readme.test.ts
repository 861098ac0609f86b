import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';

import { EVENT_TABLE_LAYOUTS } from '@castore-dynamodb/table';
import { codeBlocks, readPage, readReadme } from '@castore-dynamodb/testing/codeBlocks';
import {
  functionIn,
  includeTemplate,
  onlyResource,
  roleIn,
  statementsOf,
  testApp,
} from '@castore-dynamodb/testing/synthesis';
import { transformSync } from '@swc/core';
import type { Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';

import { EventTable, ProjectionTable } from '../src/index.js';
import { bucketGrantsTable, EVENT_TABLE_GRANTS, grantsTable, PROJECTION_TABLE_GRANTS } from './grantsTable.js';
import { propsTable } from './propsTable.js';

const PAGE = readPage('cdk-construct');
const IRELAND = { env: { account: '111122223333', region: 'eu-west-1' } };

const blocks = (language: string): string[] => codeBlocks(PAGE, language);

const scratch = mkdtempSync(join(tmpdir(), 'event-table-readme-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const { stack, template } = testApp();

const templates = blocks('yaml').map(yaml => {
  const within = stack();
  includeTemplate(within, yaml);
  return within;
});

describe('the first deployment', () => {
  const [program = ''] = blocks('ts');

  it('is at most ten lines', () => {
    expect(program.trim().split('\n').length).toBeLessThanOrEqual(10);
  });

  it('is what the READMEs of the package and of the project show', () => {
    expect(codeBlocks(readReadme('packages/cdk-construct'), 'ts')).toContain(program);
    expect(codeBlocks(readReadme('.'), 'ts')).toContain(program);
  });

  it('synthesizes the table and its name, run as the CDK’s command line runs it', () => {
    // The validation of what an EventTable comes to is in constructs.test.ts, and takes seconds.
    Object.assign(process.env, { CDK_OUTDIR: join(scratch, 'cdk.out'), CDK_VALIDATION: 'false' });
    try {
      const { code } = transformSync(program, {
        jsc: { parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
      });
      compileFunction(code, ['require', 'exports'])(require, {});
      process.emit('beforeExit', 0);
    } finally {
      delete process.env['CDK_OUTDIR'];
      delete process.env['CDK_VALIDATION'];
    }

    const { Resources, Outputs } = JSON.parse(readFileSync(join(scratch, 'cdk.out', 'Orders.template.json'), 'utf8'));
    const [[logicalId, table], ...others] = Object.entries(Resources).filter(([id]) => id !== 'CDKMetadata') as any;
    expect(table.Type).toBe('AWS::DynamoDB::GlobalTable');
    expect(others).toEqual([]);
    expect(Outputs).toEqual({ EventTableName: { Value: { Ref: logicalId } } });
  });
});

describe('the tables of props', () => {
  it.each([
    ['EventTableProps.ts', 'EventTableProps'],
    ['billing.ts', 'OnDemandBilling'],
    ['billing.ts', 'ProvisionedBilling'],
    ['tableAlarms.ts', 'EventTableAlarmThresholds'],
    ['EventTableProps.ts', 'EventTableAttributes'],
    ['StreamHandlerProps.ts', 'StreamHandlerProps'],
    ['streamHandlerAlarms.ts', 'StreamHandlerAlarmThresholds'],
    ['ProjectionTable.ts', 'ProjectionTableProps'],
    ['LiveFeedApi.ts', 'LiveFeedApiProps'],
    ['EventBucket.ts', 'EventBucketProps'],
    ['EventBucket.ts', 'ExistingEventBucketProps'],
  ])('%s: %s', (file, name) => {
    expect(PAGE).toContain(`\n\n${propsTable(file, name)}\n\n`);
  });
});

describe('the tables of grants', () => {
  it.each([
    ['an event table', EVENT_TABLE_GRANTS],
    ['a projection table', PROJECTION_TABLE_GRANTS],
  ])('of %s say what eventTableOperations says', (_, grants) => {
    expect(PAGE).toContain(`\n\n${grantsTable(grants)}\n\n`);
  });

  it('of a bucket of large events say what largeEventOperations says', () => {
    expect(PAGE).toContain(`\n\n${bucketGrantsTable()}\n\n`);
  });
});

describe('the statements of the grants', () => {
  const [statements = {}, ofTheKey] = blocks('json').map(json => JSON.parse(json));
  const within = stack(IRELAND);
  const encryptionKey = kms.Key.fromKeyArn(within, 'Key', ofTheKey.Resource);
  const table = EventTable.fromTableName(within, 'Plain', 'orders-events');
  const encrypted = EventTable.fromTableName(within, 'Encrypted', 'orders-events', { encryptionKey });

  const methods = ['grantGetEvents', 'grantPushEvent', 'grantListAggregateIds'] as const;
  const granted = methods.map(method => {
    const roles = { plain: roleIn(within, method), withKey: roleIn(within, `${method}Encrypted`) };
    table[method](roles.plain);
    encrypted[method](roles.withKey);
    return { method, ...roles };
  });

  it('are all of them', () => {
    expect(Object.keys(statements)).toEqual(methods);
  });

  it.each(granted)('$method', ({ method, plain, withKey }) => {
    expect(statementsOf(plain)).toEqual(statements[method]);
    expect(statementsOf(withKey)).toEqual([...statements[method], ofTheKey]);
  });
});

describe('the statements for a stream handler', () => {
  const [, , statements = {}] = blocks('json').map(json => JSON.parse(json));
  const within = stack(IRELAND);
  const handler = functionIn(within, 'Projector');
  const streamArn = statements.addStreamHandler[0].Resource;
  EventTable.fromTableName(within, 'Existing', 'orders-events', { streamArn }).addStreamHandler(handler, {
    failureQueue: sqs.Queue.fromQueueArn(within, 'GivenUp', statements.addStreamHandler[2].Resource),
  });
  const views = new ProjectionTable(within, 'Views', { tableName: 'views' });
  const role = roleIn(within, 'Role');
  views.grantProjections(role);

  it('are all of them', () => {
    expect(statementsOf(handler.role)).toEqual(statements.addStreamHandler);
    expect(statementsOf(role)).toEqual(
      statements.grantProjections.map((statement: object) => ({
        ...statement,
        Resource: within.resolve(views.tableArn),
      })),
    );
  });
});

describe('the CloudFormation templates', () => {
  it('quote what YAML 1.1, of which CloudFormation speaks, takes for a boolean', () => {
    expect(blocks('yaml').join()).not.toMatch(/: [NnYy]\b/);
  });

  const defaults = EVENT_TABLE_LAYOUTS.map(layout => {
    const within = stack();
    new EventTable(within, 'Events', { layout });
    return within;
  });
  it('say what the construct says, one for each layout', () => {
    const tableIn = (within: Stack) => {
      const { Properties, ...resource } = onlyResource(template(within), 'AWS::DynamoDB::GlobalTable');
      // The construct repeats the index's name for the replica; without settings that says nothing.
      const [{ GlobalSecondaryIndexes: _settings, ...replica }] = Properties['Replicas'];
      return { ...resource, Properties: { ...Properties, Replicas: [replica] } };
    };
    expect(templates.map(tableIn)).toEqual(defaults.map(tableIn));
  });
});
