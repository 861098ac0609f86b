import { describeEventStorageAdapter } from '../../src/index.js';
import { LimitIsIgnored } from '../defects/listing.js';

// With the globals of Vitest's option `globals`.
describeEventStorageAdapter('an adapter that ignores the limit', {
  createAdapter: () => new LimitIsIgnored(),
  lacks: ['groups'],
  knownFailures: ['a listing limit is exact', 'an empty event store lists nothing'],
});
