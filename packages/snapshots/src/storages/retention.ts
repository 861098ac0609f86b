import { checkObject, checkPositive } from '../checkArgument.js';

/** Keeps the `newest` snapshots of each aggregate and reducer version, and deletes older ones after each write. */
export interface KeepNewest {
  readonly newest: number;
  readonly days?: never;
}

export const checkKeepNewest = (retention: KeepNewest | undefined): void => {
  if (retention === undefined) return;
  checkObject(retention, 'options.retention');
  checkPositive(retention.newest, 'options.retention.newest', { integer: true });
};
