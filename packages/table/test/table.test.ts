import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import * as table from '../src/index.js';

describe('the constants', () => {
  const constants = Object.entries(table).filter(
    ([name]) => name.startsWith('EVENT_TABLE_') && name !== 'EVENT_TABLE_LAYOUTS',
  );

  it('are the names that events are stored under: another value would orphan every table', () => {
    expect(Object.fromEntries(constants)).toStrictEqual({
      EVENT_TABLE_PK: 'aggregateId',
      EVENT_TABLE_SK: 'version',
      EVENT_TABLE_TIMESTAMP_KEY: 'timestamp',
      EVENT_TABLE_EVENT_TYPE_KEY: 'type',
      EVENT_TABLE_PAYLOAD_KEY: 'payload',
      EVENT_TABLE_METADATA_KEY: 'metadata',
      EVENT_TABLE_IS_INITIAL_EVENT_KEY: 'isInitialEvent',
      EVENT_TABLE_EVENT_STORE_ID_KEY: 'eventStoreId',
      EVENT_TABLE_INITIAL_EVENT_INDEX_NAME: 'initialEvents',
    });
  });

  it('are all in the README, with their values', () => {
    const readme = readFileSync(join(__dirname, '..', 'README.md'), 'utf8');
    for (const [name, value] of constants) expect(readme).toContain(`| \`${name}\` | \`${String(value)}\` |`);
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
    expect(() => table.eventTableDefinition('other' as never)).toThrow(TypeError);
  });
});

describe('the package', () => {
  it('has no dependencies', () => {
    const manifest = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).not.toHaveProperty('peerDependencies');
  });
});
