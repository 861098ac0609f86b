import { isNamed } from '@castore-dynamodb/commons';
import type { Projection } from '@castore-dynamodb/streams';

import { type Finding, problem } from '../finding.js';

/** Aggregates whose events wait in a projection. A Query for each projection. */
export const findParked = async (projection: Projection): Promise<Finding[]> => {
  const parked = await projection.listParked().catch((error: unknown) => {
    if (!isNamed(error, 'ResourceNotFoundException')) throw error;
    return undefined;
  });
  if (parked === undefined) return [tableIsMissing(projection)];
  return parked.map(({ eventStoreId, aggregateId, version, error, parkedAt }) =>
    problem('parked-aggregate', {
      projection: projection.name,
      eventStoreId,
      aggregateId,
      version,
      message: `${aggregateId} in ${eventStoreId} waits at version ${version} in ${projection.name} since ${parkedAt}: ${error.name}.`,
      remedy: `See why: castore-dynamodb parked list ${projection.name}. When it is mended: parked retry; or give the event up: parked skip.`,
    }),
  );
};

const tableIsMissing = ({ name, projectionTable }: Projection): Finding =>
  problem('table', {
    projection: name,
    ...(projectionTable && { tableName: projectionTable.tableName }),
    message: `The table of ${name} is not there: ${projectionTable?.tableName}.`,
    remedy: `Make it with createProjectionTable, or deploy it, and look at its name; then castore-dynamodb replay ${name} --write.`,
  });
