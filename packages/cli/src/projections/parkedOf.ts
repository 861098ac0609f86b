import { isNamed } from '@castore-dynamodb/commons';
import type { ParkedAggregate, Projection } from '@castore-dynamodb/streams';

import { UsageError } from '../errors.js';

/**
 * What a projection has parked.
 *
 * @throws UsageError if its table is not there, or is something else
 */
export const parkedOf = async ({
  name,
  projectionTable,
  listParked,
}: Pick<Projection, 'name' | 'projectionTable' | 'listParked'>): Promise<ParkedAggregate[]> => {
  try {
    return await listParked();
  } catch (cause) {
    const table = `The table of ${name}, ${JSON.stringify(projectionTable?.tableName)},`;
    if (isNamed(cause, 'ResourceNotFoundException')) {
      throw new UsageError(`${table} is not there in this account and region.`, { cause });
    }
    if (isNamed(cause, 'ValidationException')) {
      throw new UsageError(`${table} is not a projection table: its keys are different.`, { cause });
    }
    throw cause;
  }
};
