import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type Bundle, bundleAdapter } from '@castore-dynamodb/testing/bundleAdapter';

import { describeOnEveryAdapter } from '../support.js';

const PROGRAM = join(__dirname, '..', 'programs', 'openTelemetry.cjs');

describeOnEveryAdapter(
  'a client that OpenTelemetry instruments',
  ({ engine, tableName }) => {
    let bundle: Bundle;
    beforeAll(async () => {
      bundle = await bundleAdapter();
    });
    afterAll(() => bundle.remove());

    it('shows each request as a span, and serves as before', async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [
        PROGRAM,
        bundle.path,
        engine.endpoint,
        tableName,
      ]);

      const request = { 'aws.dynamodb.table_names': [tableName] };
      expect(JSON.parse(stdout)).toMatchObject({
        conflict: 'EventAlreadyExistsError',
        events: [{ aggregateId: 'observed', version: 1, payload: { level: 42 } }],
        spans: [
          { name: 'DynamoDB.PutItem', attributes: { ...request, items: 0 } },
          { name: 'DynamoDB.PutItem', attributes: request, status: { code: 2 } },
          { name: 'DynamoDB.Query', attributes: { ...request, items: 1, 'aws.dynamodb.count': 1 } },
        ],
      });
    });
  },
  ['table-per-store'],
);
