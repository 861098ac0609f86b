import { isObject, refuseUnless } from '../checkOptions.js';
import { PROJECTOR } from './projection.js';

/** @throws InvalidArgumentError */
export const checkProjections = (projections: unknown): void => {
  const isArray = Array.isArray(projections) && projections.length > 0;
  refuseUnless(isArray, 'projections', 'expected an array of one projection or more.');
  for (const projection of projections as unknown[]) {
    const isProjection = isObject(projection) && (projection as { [PROJECTOR]?: unknown })[PROJECTOR] !== undefined;
    refuseUnless(isProjection, 'projections', 'expected what `projection` or `dynamoDbProjection` returns.');
  }
};
