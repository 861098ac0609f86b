import { UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDbEventStorageAdapter, DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { describeOnEveryLayout, newAggregateId } from '@castore-dynamodb/testing/eventTables';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';
import { firstDeployment } from '@castore-dynamodb/testing/terraformReadme';

import { runCommand } from './runCommand.js';

describeOnEveryLayout('the command', ({ engine, layout, tableNames: { events: tableName }, dynamoDbClient }) => {
  const Adapter = layout === 'single-table' ? DynamoDbSingleTableEventStorageAdapter : DynamoDbEventStorageAdapter;
  const pokemons = newPokemons(new Adapter({ tableName, dynamoDbClient }));
  const env = { CASTORE_DYNAMODB_TABLE: tableName };
  const command = (...argv: string[]) => runCommand([...argv, '--endpoint-url', engine.endpoint], { env });

  const hostile = `\u001B[31m${newAggregateId()}\u202E`;
  const payload = { bytes: new Uint8Array([1, 2]), long: 'x'.repeat(200), big: 2n ** 70n, set: new Set([1]) };

  beforeAll(async () => {
    for (const aggregateId of ['pikachu', 'raichu', hostile]) {
      await pokemons.pushEvent({ aggregateId, version: 1, type: 'POKEMON_NAMED', payload });
      await pokemons.pushEvent({ aggregateId, version: 2, type: 'POKEMON_LEVELED_UP', payload: { by: 1 } });
    }
  });

  it('lists aggregates, for people and for programs, in pages', async () => {
    const { exitCode, stdout, stderr } = await command('aggregates', 'POKEMONS');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^first event +aggregate\n\S+Z +pikachu\n\S+Z +raichu\n\S+Z +\\u001b\[31m.*\\u202e\n$/);
    // Of a single table, shards are looked for: at one item, and whether there are more.
    expect(stderr).toMatch(
      layout === 'single-table' ? /^4 requests, [\d.]+ read units?\n$/ : /^2 requests, 0\.5 read units\n$/,
    );

    const first = await command('aggregates', 'POKEMONS', '--json', '--limit', '2', '--reverse');
    expect(first.lines).toMatchObject(
      [{ aggregateId: hostile }, { aggregateId: 'raichu' }, { nextPageToken: /./ }].map(line =>
        'nextPageToken' in line ? { nextPageToken: expect.any(String) } : line,
      ),
    );
    const { nextPageToken } = first.lines[2] as { nextPageToken: string };
    const second = await command('aggregates', 'POKEMONS', '--json', '--page', nextPageToken);
    expect(second.lines).toMatchObject([{ aggregateId: 'pikachu' }]);

    const all = await command('aggregates', 'POKEMONS', '--json', '--all', '--after', '2000', '--before', '2100-01');
    expect(all.lines).toHaveLength(3);
  });

  it('shows events: any range, both directions, types, payloads cut, whole, and as shapes', async () => {
    const cut = await command('events', 'POKEMONS', 'pikachu');
    expect(cut.stdout).toMatch(
      /^version +timestamp +type +payload +metadata\n1 .* POKEMON_NAMED .*…\n2 .*\{"by":1\}\n$/,
    );

    const whole = await command('events', 'POKEMONS', 'pikachu', '--whole', '--to', '1');
    expect(whole.stdout).toContain('x'.repeat(200));

    const exact = await command('events', 'POKEMONS', 'pikachu', '--json');
    expect(exact.lines).toMatchObject([
      {
        aggregateId: 'pikachu',
        version: 1,
        payload: { bytes: { $bytes: 'AQI=' }, big: { $bigint: String(2n ** 70n) }, set: { $set: [1] } },
      },
      { version: 2 },
    ]);

    const redacted = await command('events', 'POKEMONS', 'pikachu', '--json', '--redact', '--reverse');
    expect(redacted.lines).toMatchObject([
      { version: 2, payload: { by: 'number' } },
      { version: 1, payload: { bytes: 'bytes(2)', long: 'string', big: 'bigint', set: 'set(1)' } },
    ]);

    const leveled = await command(
      'events',
      'POKEMONS',
      'pikachu',
      '--json',
      '--types',
      'POKEMON_LEVELED_UP',
      '-n',
      '1',
    );
    expect(leveled.lines).toMatchObject([{ version: 2 }]);

    const nobody = await command('events', 'POKEMONS', 'nobody');
    expect(nobody).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: expect.stringContaining('No such events of nobody'),
    });
  });

  it('stops before it reads more than it may, after what it has read', async () => {
    const { exitCode, stdout, stderr } = await command(
      'aggregates',
      'POKEMONS',
      '--all',
      '--json',
      '--max-read-units',
      '0.4',
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('Expected a whole number from 1 on.');
    const large = { type: 'POKEMON_NAMED', payload: 'x'.repeat(390_000) } as const;
    for (let version = 1; version <= 4; version++)
      await pokemons.pushEvent({ ...large, aggregateId: 'large', version });
    const stopped = await command('events', 'POKEMONS', 'large', '--json', '--redact', '--max-read-units', '1');
    expect(stopped).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('1 read unit is used up') });
    expect(stopped.lines).not.toHaveLength(0);
    expect(stopped.lines.length).toBeLessThan(4);
  });

  it('describes the table, and finds how another one differs', async () => {
    const { exitCode, lines } = await command('table', 'describe', '--json');
    expect(exitCode).toBe(0);
    expect(lines).toMatchObject([{ name: tableName, layout, status: 'ACTIVE', differences: [] }]);
    await dynamoDbClient.send(
      new UpdateTableCommand({
        TableName: tableName,
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      }),
    );
    expect((await command('table', 'describe')).stdout).toContain('stream     NEW_IMAGE\n');
  });

  it('says that nothing is listed, and refuses what is no page token', async () => {
    // A table per store lists its own, whatever it is called.
    if (layout === 'single-table') {
      const none = await command('aggregates', 'NOPE');
      expect(none).toMatchObject({ exitCode: 0, stdout: '' });
      expect(none.stderr).toContain('No aggregate of NOPE is listed.\n');
    }
    const before = await command('aggregates', 'POKEMONS', '--before', '2000');
    expect(before).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: expect.stringContaining('No aggregate of POKEMONS is listed in this range.\n'),
    });
    const noToken = await command('aggregates', 'POKEMONS', '--page', 'foo');
    expect(noToken).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(/^error .*token/i) });
  });

  it('says in a sentence what is missing', async () => {
    const elsewhere = await runCommand([
      'events',
      'POKEMONS',
      'pikachu',
      '-t',
      'no-such',
      '--endpoint-url',
      engine.endpoint,
    ]);
    expect(elsewhere).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringMatching(/^error .*no-such/) });

    const state = await command('state', 'POKEMONS', 'pikachu');
    expect(state).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('needs a reducer') });

    const instant = await command('aggregates', 'POKEMONS', '--after', 'yesterday');
    expect(instant).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--after') });
  });
});

describe('the command', () => {
  it.each([
    [['--help'], 0],
    [['events', '--help'], 0],
    [['table', '--help'], 0],
    [['what'], 2],
    [['events'], 2],
    [['events', 'A', 'b', '--limit', '0'], 2],
    [['events', 'A', 'b', '--reqion', 'x'], 2],
    [['events', 'A', 'b'], 2],
    [['events', 'A', 'b', '-t', 'x', '--endpoint-url', 'nowhere'], 2],
    [['iam', 'what', '--table-arn', 'x'], 2],
    [['iam', 'getView', '--table-arn', 'x'], 2],
    [['iam', 'getEvents', '--table-arn', 'x'], 2],
    [['events', 'A', ''], 2],
    [['table', 'print', '--format', 'yaml'], 2],
  ])('%j ends with %i', async (argv, expected) => {
    const { exitCode, stdout, stderr } = await runCommand(argv);
    expect(exitCode).toBe(expected);
    expect((expected === 0 ? stdout : stderr).length).toBeGreaterThan(20);
    expect(expected === 0 ? stderr : stdout).toBe('');
  });

  it.each([
    ['export', ['dynamodb:DescribeTable', 'dynamodb:Scan']],
    ['import', ['dynamodb:DescribeTable', 'dynamodb:PutItem']],
    ['copy --follow', ['dynamodb:DescribeTable', 'dynamodb:Query', 'dynamodb:Scan']],
    ['tail', ['dynamodb:DescribeTable', 'dynamodb:Query']],
  ])('prints the policy for %s', async (name, actions) => {
    const arn = 'arn:aws:dynamodb:eu-west-1:111122223333:table/events';
    const { stdout } = await runCommand(['iam', name, '--table-arn', arn]);
    expect(JSON.parse(stdout).Statement[0]).toStrictEqual({ Effect: 'Allow', Action: actions, Resource: arn });
  });

  it('prints the policy for operations', async () => {
    const arn = 'arn:aws:dynamodb:eu-west-1:111122223333:table/events';
    const { stdout } = await runCommand(['iam', 'getEvents', 'pushEvent', 'listAggregateIds', '--table-arn', arn]);
    expect(JSON.parse(stdout)).toStrictEqual({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: ['dynamodb:PutItem', 'dynamodb:Query'], Resource: arn },
        { Effect: 'Allow', Action: ['dynamodb:Query'], Resource: `${arn}/index/initialEvents` },
      ],
    });
  });

  it('prints the module of Terraform as its README has it', async () => {
    const { stdout } = await runCommand(['table', 'print', '--format', 'terraform']);
    const [source = ''] = /^ *source += .*$/m.exec(firstDeployment) ?? [];
    expect(source).toContain('terraform-module');
    expect(stdout).toContain(source);
  });

  it.each(['cloudformation', 'terraform', 'cdk'])('prints the table for %s', async format => {
    const { exitCode, stdout } = await runCommand([
      'table',
      'print',
      '--format',
      format,
      '--layout',
      'table-per-store',
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(format === 'cloudformation' ? /isInitialEvent/ : /table-per-store/);
  });
});
