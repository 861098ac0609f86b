import { isObject, refuseUnless } from '../checkOptions.js';
import { PROJECTOR, type Projection } from './projection.js';

/** @throws InvalidArgumentError */
export const checkProjections = (projections: unknown): void => {
  const isArray = Array.isArray(projections) && projections.length > 0;
  refuseUnless(isArray, 'projections', 'expected an array of one projection or more.');
  for (const projection of projections as unknown[]) {
    const isProjection = isObject(projection) && (projection as { [PROJECTOR]?: unknown })[PROJECTOR] !== undefined;
    refuseUnless(isProjection, 'projections', 'expected what `projection` or `dynamoDbProjection` returns.');
  }
  // Of two that share their positions, each would miss what the other was first to handle.
  const names = (projections as Projection[]).map(({ name }) => name);
  refuseUnless(new Set(names).size === names.length, 'projections', 'two projections have the same name.');
};
