import type { EventTableOperation } from '@castore-dynamodb/table';

import { commandWays } from './commandWays.js';
import { eventWays } from './eventWays.js';
import { liveWays } from './liveWays.js';
import { projectionWays } from './projectionWays.js';
import { type Clients, newScene, type Tables, type Way } from './scene.js';
import { snapshotWays } from './snapshotWays.js';
import { storedWays } from './storedWays.js';
import { subjectKeyWays } from './subjectKeyWays.js';

/** Every operation, done by the packages themselves. One without a way does not compile. */
export const waysOf = (unwatched: Clients, watched: Clients, tables: Tables): Record<EventTableOperation, Way> => {
  const scene = newScene(unwatched, watched, tables);
  return {
    ...eventWays(scene),
    ...snapshotWays(scene),
    ...storedWays(scene),
    ...projectionWays(scene),
    ...commandWays(scene),
    ...liveWays(scene),
    ...subjectKeyWays(scene),
  };
};
