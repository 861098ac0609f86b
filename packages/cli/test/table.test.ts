import { UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { createEventTable, deleteEventTable } from '@castore-dynamodb/adapter';
import { describeOnEveryEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';

import { runCommand } from './runCommand.js';

describeOnEveryEngine('the commands for a table', engine => {
  const client = engine.client();
  const command = (tableName: string, ...argv: string[]) =>
    runCommand(['table', ...argv, '--endpoint-url', engine.endpoint, '-t', tableName]);

  it('create one with --write only, and delete it by its name', async () => {
    const tableName = uniqueTableName('cli');
    const settings = ['--layout', 'table-per-store', '--stream', '--no-deletion-protection', '--json'];
    const shown = await command(tableName, 'create', ...settings);
    expect(shown).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('Not created') });
    expect(shown.lines).toMatchObject([{ name: tableName, layout: 'table-per-store', stream: true }]);
    expect((await command(tableName, 'describe')).exitCode).toBe(1);

    const created = await command(tableName, 'create', ...settings, '--write');
    expect(created.exitCode).toBe(0);
    expect(created.lines).toMatchObject([{ status: 'ACTIVE', stream: 'NEW_IMAGE', protected: false }]);
    // Local engines cannot restore a table, and the command says so.
    expect(created.stderr).toContain('no point-in-time recovery');
    const again = await command(tableName, 'create', ...settings, '--write');
    expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('already') });

    const described = await command(tableName, 'describe', '--json');
    expect(described).toMatchObject({ exitCode: 0, lines: [{ layout: 'table-per-store', differences: [] }] });
    expect(described.stderr).toBe('1 request, 0 read units\n');

    expect((await command(tableName, 'delete')).stderr).toContain('Not deleted');
    const asked = await command(tableName, 'delete', '--write');
    expect(asked).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--confirm') });
    expect((await command(tableName, 'delete', '--write', '--confirm', 'other')).exitCode).toBe(2);
    expect((await command(tableName, 'describe')).exitCode).toBe(0);
    expect((await command(tableName, 'delete', '--write', '--confirm', tableName)).exitCode).toBe(0);
    const gone = await command(tableName, 'delete', '--write', '--confirm', tableName);
    expect(gone).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('ResourceNotFoundException') });
  });

  it('do not delete a protected one', async () => {
    const tableName = uniqueTableName('cli');
    await createEventTable(client, { tableName, layout: 'single-table', deletionProtection: true });
    const refused = await command(tableName, 'delete', '--write', '--confirm', tableName);
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('protected') });
    await client.send(new UpdateTableCommand({ TableName: tableName, DeletionProtectionEnabled: false }));
    await deleteEventTable(client, { tableName });
  });
});

describe('a name that no table can have', () => {
  it.each([['a'], ['no/such'], ['"\n']])('%j is refused', async name => {
    for (const argv of [['create'], ['print', '--format', 'terraform']]) {
      expect((await runCommand(['table', ...argv, '-t', name])).exitCode).toBe(2);
    }
  });
});
