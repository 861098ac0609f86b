import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';

import { CreateTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { EVENT_TABLE_LAYOUTS, eventTableDefinition } from '@castore-dynamodb/table';
import { transformSync } from '@swc/core';
import type { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';

import { createTableRequest, definitionOf } from '../../../test-support/createTableRequest.js';
import { describeOnEveryEngine, uniqueTableName } from '../../../test-support/engines.js';
import { EventTable } from '../src/index.js';
import { propsTable } from './propsTable.js';
import { onlyResource, testApp } from './synthesis.js';

const README = readFileSync(join(__dirname, '..', 'README.md'), 'utf8');
const IRELAND = { env: { account: '111122223333', region: 'eu-west-1' } };

const blocks = (language: string): string[] =>
  [...README.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, of, code]) => (of === language && code ? [code] : []));

const scratch = mkdtempSync(join(tmpdir(), 'event-table-readme-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const { stack, template } = testApp();

const templates = blocks('yaml').map((yaml, position) => {
  const within = stack();
  const templateFile = join(scratch, `${position}.yaml`);
  writeFileSync(templateFile, yaml);
  new CfnInclude(within, 'Printed', { templateFile });
  return within;
});

describe('the first deployment', () => {
  const [program = ''] = blocks('ts');

  it('is at most ten lines', () => {
    expect(program.trim().split('\n').length).toBeLessThanOrEqual(10);
  });

  it('synthesizes the table and its name, run as the CDK’s command line runs it', () => {
    process.env['CDK_OUTDIR'] = join(scratch, 'cdk.out');
    try {
      const { code } = transformSync(program, {
        jsc: { parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
      });
      compileFunction(code, ['require', 'exports'])(require, {});
      process.emit('beforeExit', 0);
    } finally {
      delete process.env['CDK_OUTDIR'];
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
    ['alarms.ts', 'EventTableAlarmThresholds'],
    ['EventTableProps.ts', 'EventTableAttributes'],
  ])('%s: %s', (file, name) => {
    expect(README).toContain(`\n\n${propsTable(file, name)}\n\n`);
  });
});

describe('the statements of the grants', () => {
  const [statements = {}, ofTheKey] = blocks('json').map(json => JSON.parse(json));
  const within = stack(IRELAND);
  const encryptionKey = kms.Key.fromKeyArn(within, 'Key', ofTheKey.Resource);
  const table = EventTable.fromTableName(within, 'Plain', 'orders-events');
  const encrypted = EventTable.fromTableName(within, 'Encrypted', 'orders-events', { encryptionKey });

  const role = (id: string) => new iam.Role(within, id, { assumedBy: new iam.AccountRootPrincipal() });
  const methods = ['grantGetEvents', 'grantPushEvent', 'grantListAggregateIds'] as const;
  for (const method of methods) {
    table[method](role(method));
    encrypted[method](role(`${method}Encrypted`));
  }

  it('are all of them', () => {
    expect(Object.keys(statements)).toEqual(methods);
  });

  it.each(methods)('%s', method => {
    expect(policyOf(within, method)).toEqual(statements[method]);
    expect(policyOf(within, `${method}Encrypted`)).toEqual([...statements[method], ofTheKey]);
  });

  const policyOf = (of: Stack, id: string): unknown => {
    const policies = Object.entries(template(of).findResources('AWS::IAM::Policy'));
    return policies.find(([logicalId]) => logicalId.startsWith(`${id}DefaultPolicy`))?.[1]['Properties'].PolicyDocument
      .Statement;
  };
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

  describeOnEveryEngine('create the table of their layout', ({ client: newClient }) => {
    const client = newClient();

    it.each(EVENT_TABLE_LAYOUTS.map((layout, position) => ({ layout, position })))(
      '$layout',
      async ({ layout, position }) => {
        const TableName = uniqueTableName('readme');
        const printed = onlyResource(template(templates[position] as Stack), 'AWS::DynamoDB::GlobalTable');
        const definition = eventTableDefinition(layout);

        await client.send(new CreateTableCommand(createTableRequest(printed, TableName)));
        const { Table = {} } = await client.send(new DescribeTableCommand({ TableName }));

        expect(definitionOf(Table, definition)).toEqual(definition);
      },
    );
  });
});
