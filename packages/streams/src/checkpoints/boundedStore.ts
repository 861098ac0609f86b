import { withDeadline } from '@castore-dynamodb/commons';

import { TIMEOUTS } from '../timeouts.js';
import type { CheckpointStore } from './checkpointStore.js';

/** More than a store's own deadline, whose error says more. */
const MARGIN_MS = 100;

/** A store of checkpoints, whosever it is, whose calls end in time. */
export const boundedStore = (store: CheckpointStore): CheckpointStore => {
  const bounded = async <RESULT>(method: string, call: () => Promise<RESULT>): Promise<RESULT> =>
    withDeadline(
      { operation: `The method ${method} of the CheckpointStore`, milliseconds: TIMEOUTS.request + MARGIN_MS },
      call,
    );
  return {
    read: keys => bounded('read', () => store.read(keys)),
    write: (key, value, revision) => bounded('write', () => store.write(key, value, revision)),
    remove: (key, revision) => bounded('remove', () => store.remove(key, revision)),
    list: (partition, sortPrefix) => bounded('list', () => store.list(partition, sortPrefix)),
  };
};
