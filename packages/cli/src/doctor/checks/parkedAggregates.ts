import type { Projection } from '@castore-dynamodb/streams';

import { type Finding, problem } from '../finding.js';

/** Aggregates whose events wait in a projection. A Query for each projection. */
export const findParked = async (projection: Projection): Promise<Finding[]> =>
  (await projection.listParked()).map(({ eventStoreId, aggregateId, version, error, parkedAt }) =>
    problem('parked-aggregate', {
      projection: projection.name,
      eventStoreId,
      aggregateId,
      version,
      message: `${aggregateId} in ${eventStoreId} waits at version ${version} in ${projection.name} since ${parkedAt}: ${error.name}.`,
      remedy: `See why: castore-dynamodb parked list ${projection.name}. When it is mended: parked retry; or give the event up: parked skip.`,
    }),
  );
