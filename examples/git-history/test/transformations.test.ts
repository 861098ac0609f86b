import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';

import { DescribeTableCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { deleteEventTable } from '@castore-dynamodb/adapter';
import { describeOnSomeEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';

import { runDemo } from '../src/demo.js';
import { GitRepository } from './support/gitRepository.js';

jest.setTimeout(120_000);

/** Does not compress, so that it goes to S3. */
const longMessage = randomBytes(1500).toString('base64');

const repositoryOfThree = (): GitRepository => {
  const repository = new GitRepository();
  for (let commit = 1; commit <= 6; commit++) {
    repository.write('a', 'line\n'.repeat(commit));
    repository.write(`file ${commit % 2}`, 'x\n'.repeat(commit));
    const author = commit <= 4 ? 'Grace Hopper <grace@example.org>' : 'Ada Lovelace <ada@example.org>';
    repository.commit(
      `--author=${author}`,
      ...(commit === 2 ? [`--message=${longMessage}\n\nIn two paragraphs.`] : []),
    );
  }
  repository.commit();
  return repository;
};

describeOnSomeEngine('the demo with --transformations', engine => {
  const dynamoDbClient = engine.client();
  const table = uniqueTableName();
  afterAll(() => deleteEventTable(dynamoDbClient, { tableName: table }));

  it('stores no author in clear, and verifies everything before and after one is forgotten', async () => {
    let text = '';
    const output = new Writable({
      write: (chunk, _encoding, done) => {
        text += chunk;
        done();
      },
    });
    const options = {
      repo: repositoryOfThree().folder,
      endpoint: engine.endpoint,
      table,
      live: false,
      explorer: false,
    };
    const all = { ...options, keep: true, snapshots: true, views: true, transformations: true };
    const isVerified = await runDemo(all, output, new AbortController().signal);

    expect(text).toContain('verified against git: author and message of 12 of 12 events\nforgot Grace Hopper, ');
    expect(text).toContain('events whose author nobody can read any more: 8\n');
    expect(text).toContain('verified against git: still 3 of 3 files\n');
    // Two events of one commit, each with its message. The first three of seven commits were written before the new shape.
    expect(text).toMatch(/2 large contents are in S3, [2-6] events were written in an older shape/);
    expect(isVerified).toBe(true);

    const { Items = [] } = await dynamoDbClient.send(new ScanCommand({ TableName: table }));
    const stored = JSON.stringify(Items, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    );
    expect(stored).not.toMatch(/Grace|Lovelace/);
    expect(stored).not.toContain(longMessage.slice(0, 50));
    const keys = dynamoDbClient.send(new DescribeTableCommand({ TableName: `${table}-keys` }));
    await expect(keys).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
