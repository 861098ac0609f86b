import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import * as table from '../src/index.js';

const PAGE = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'packages', 'table.md'), 'utf8');

describe('the constants', () => {
  const constants = Object.entries<unknown>({ ...table }).filter(
    ([name, value]) => /^[A-Z_]+$/.test(name) && typeof value === 'string',
  );

  it('are the names that items are stored under: another value would orphan every table', () => {
    expect(Object.fromEntries(constants)).toStrictEqual({
      EVENT_TABLE_PK: 'aggregateId',
      EVENT_TABLE_SK: 'version',
      EVENT_TABLE_TIMESTAMP_KEY: 'timestamp',
      EVENT_TABLE_EVENT_TYPE_KEY: 'type',
      EVENT_TABLE_PAYLOAD_KEY: 'payload',
      EVENT_TABLE_METADATA_KEY: 'metadata',
      EVENT_TABLE_PUSH_ID_KEY: 'pushId',
      EVENT_TABLE_ENCODING_KEY: 'encoding',
      EVENT_TABLE_SCHEMA_VERSION_KEY: 'schemaVersion',
      EVENT_TABLE_REDACTIONS_KEY: 'redactions',
      EVENT_TABLE_IS_INITIAL_EVENT_KEY: 'isInitialEvent',
      EVENT_TABLE_EVENT_STORE_ID_KEY: 'eventStoreId',
      EVENT_TABLE_INITIAL_EVENT_INDEX_NAME: 'initialEvents',
      LARGE_EVENTS_PREFIX: 'events/',
      PROJECTION_TABLE_PK: 'pk',
      PROJECTION_TABLE_SK: 'sk',
      PROJECTION_TABLE_NO_VIEW_KEY: '_noView',
      PROJECTION_TABLE_POSITION_KEY: '_position',
      PROJECTION_TABLE_REVISION_KEY: '_revision',
      PROJECTION_TABLE_VALUE_KEY: 'value',
      SUBJECT_KEY_CONTEXT: 'castore-dynamodb:subject',
      PROJECTION_TABLE_EXPIRES_AT_KEY: 'expiresAt',
    });
  });

  it('are all on its page, with their values', () => {
    for (const [name, value] of constants) expect(PAGE).toContain(`| \`${name}\` | \`${value as string}\` |`);
  });
});

describe('eventTableDefinition', () => {
  it.each(table.EVENT_TABLE_LAYOUTS)('defines every attribute that its keys use, and no other: %s', layout => {
    const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = table.eventTableDefinition(layout);
    const used = [KeySchema, ...GlobalSecondaryIndexes.map(index => index.KeySchema)].flat();
    expect(AttributeDefinitions.map(({ AttributeName }) => AttributeName).toSorted()).toStrictEqual(
      used.map(({ AttributeName }) => AttributeName).toSorted(),
    );
  });

  it('returns a new object each time', () => {
    table.eventTableDefinition('single-table').KeySchema.pop();
    expect(table.eventTableDefinition('single-table').KeySchema).toHaveLength(2);
  });

  it('refuses an unknown layout', () => {
    expect(() => table.eventTableDefinition('other' as never)).toThrow(/^Unknown event table layout "other": use/);
    for (const layout of [1n, {}, null, undefined, Symbol('single-table'), '__proto__']) {
      expect(() => table.eventTableDefinition(layout as never)).toThrow(
        /^Unknown event table layout .*'table-per-store'/,
      );
    }
  });
});

describe('projectionTableDefinition', () => {
  it('has two string keys and nothing else', () => {
    expect(table.projectionTableDefinition()).toStrictEqual({
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    });
  });

  it('returns a new object each time', () => {
    table.projectionTableDefinition().KeySchema.pop();
    expect(table.projectionTableDefinition().KeySchema).toHaveLength(2);
  });
});

// That they are what the packages send is shown in test/operations.test.ts.
describe('eventTableOperations', () => {
  it('are all on its page, with their actions and resources', () => {
    const rows = Object.entries<table.EventTablePermissions>(table.eventTableOperations).flatMap(
      ([operation, permissions]) =>
        Object.entries(permissions).map(
          ([resource, actions]) =>
            `| \`${operation}\` | \`${resource}\` | ${actions.map(action => `\`${action.replace('dynamodb:', '')}\``).join(', ')} |`,
        ),
    );
    expect(PAGE).toContain(`\n\n| operation | resource | actions |\n| --- | --- | --- |\n${rows.join('\n')}\n`);
  });
});

// That they are what kmsWrapping asks KMS for is shown in packages/events/test/encryption/rewrap.test.ts.
describe('subjectKeyOperations', () => {
  it('are all on its page, with their actions and resources', () => {
    const rows = Object.entries<Record<string, readonly string[]>>(table.subjectKeyOperations).flatMap(
      ([operation, permissions]) =>
        Object.entries(permissions).map(
          ([resource, actions]) =>
            `| \`${operation}\` | \`${resource}\` | ${actions.map(action => `\`${action}\``).join(', ')} |`,
        ),
    );
    expect(PAGE).toContain(`\n\n| operation | resource | actions |\n| --- | --- | --- |\n${rows.join('\n')}\n`);
  });
});

describe('the package', () => {
  it('has no dependencies', () => {
    const manifest = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).not.toHaveProperty('peerDependencies');
  });
});
