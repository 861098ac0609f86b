import { InMemorySnapshotStorage } from '../src/index.js';
import { itKeepsSnapshots } from './storageContract.js';

describe('InMemorySnapshotStorage', () => {
  itKeepsSnapshots(new InMemorySnapshotStorage());
});
