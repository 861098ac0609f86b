import { InvalidArgumentError } from '@castore-dynamodb/adapter';
import { checkList, isObject, refuse } from '@castore-dynamodb/commons';

import { PROJECTOR, type Projection } from './projection.js';

/** @throws InvalidArgumentError */
export const checkProjections = (projections: readonly Projection[]): void => {
  checkList(projections, 'projections', 'projection');
  for (const projection of projections as readonly unknown[]) {
    const isProjection = isObject(projection) && (projection as { [PROJECTOR]?: unknown })[PROJECTOR] !== undefined;
    if (!isProjection) refuse('projections', 'what `projection` or `dynamoDbProjection` returns', projection);
  }
  // Of two that share their positions, each would miss what the other was first to handle.
  const names = projections.map(({ name }) => name);
  if (new Set(names).size < names.length) {
    throw new InvalidArgumentError('projections', 'two projections have the same name.');
  }
};
