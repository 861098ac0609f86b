import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import { bundleAdapter } from '../../../test-support/bundleAdapter.js';

/** Compressed, of what an application's bundler takes in: the adapter that it names, without the SDK and Castore. */
const BUDGET = 16 * 1024;

describe('an adapter, bundled and minified', () => {
  it.each(['DynamoDbEventStorageAdapter', 'DynamoDbSingleTableEventStorageAdapter'])(
    'stays within its budget: %s',
    async name => {
      const bundle = await bundleAdapter({ minify: true, names: [name] });
      const size = gzipSync(readFileSync(bundle.path)).length;
      bundle.remove();
      expect(size).toBeLessThanOrEqual(BUDGET);
    },
  );
});
