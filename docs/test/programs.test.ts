import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { DeleteTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { type LocalDynamoDb, startLocalDynamoDb } from '@castore-dynamodb/local';

const PROGRAMS = join(__dirname, '..', 'programs');
const programs = readdirSync(PROGRAMS).filter(file => file.endsWith('.mjs'));

describe('the programs of the site', () => {
  let dynamoDb: LocalDynamoDb;

  beforeAll(async () => {
    dynamoDb = await startLocalDynamoDb();
  });

  // Each of them begins with no table.
  afterEach(async () => {
    const { TableNames = [] } = await dynamoDb.dynamoDbClient.send(new ListTablesCommand({}));
    for (const TableName of TableNames) await dynamoDb.dynamoDbClient.send(new DeleteTableCommand({ TableName }));
  });

  afterAll(() => dynamoDb.stop());

  it.each(programs)('%s prints what its page says', async program => {
    const env = { ...process.env, ...dynamoDb.environment, DYNAMODB_ENDPOINT: dynamoDb.endpoint };
    const { stdout } = await promisify(execFile)(process.execPath, [join(PROGRAMS, program)], { env });
    expect(stdout).toBe(readFileSync(join(PROGRAMS, program.replace('.mjs', '.txt')), 'utf8'));
  });

  it('are all shown', () => {
    const pages = readdirSync(join(PROGRAMS, '..', 'learn')).map(page =>
      readFileSync(join(PROGRAMS, '..', 'learn', page), 'utf8'),
    );
    for (const program of programs) {
      expect(pages.filter(page => page.includes(`<<< ../programs/${program}{js}`))).toHaveLength(1);
    }
  });
});
