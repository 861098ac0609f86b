import { gzipSync } from 'node:zlib';

import { bundleClient } from './support/bundleClient.js';

describe('the client', () => {
  it('weighs less than 5 KB, compressed, and needs nothing of Node or the AWS SDK', async () => {
    const size = gzipSync(await bundleClient()).length;
    expect(size).toBeLessThan(5_120);
  });
});
