import type { Check } from '../check.js';
import { castore } from './castore.js';
import { conflicts } from './conflicts.js';
import { groupConflicts } from './groupConflicts.js';
import { groupRefusals } from './groupRefusals.js';
import { groups } from './groups.js';
import { groupTimestamps } from './groupTimestamps.js';
import { ids } from './ids.js';
import { listing } from './listing.js';
import { paging } from './paging.js';
import { pushing } from './pushing.js';
import { reading } from './reading.js';
import { values } from './values.js';

const AREAS = {
  'Pushing events': pushing,
  'Payload and metadata': values,
  Conflicts: conflicts,
  'Reading events': reading,
  Ids: ids,
  'Listing aggregates': listing,
  'Page tokens': paging,
  'Event groups': groups,
  'Timestamps of event groups': groupTimestamps,
  'Conflicts of event groups': groupConflicts,
  'Event groups that are refused': groupRefusals,
  "Castore's own classes": castore,
} as const;

type Areas = typeof AREAS;

/** The name of a check: it never changes, so that lists of known failures stay valid. */
export type CheckId = { [AREA in keyof Areas]: keyof Areas[AREA] }[keyof Areas];

/** The whole contract, area by area, in the order in which it is run and printed. */
export const CONTRACT: readonly { area: string; checks: readonly (Check & { id: CheckId })[] }[] = Object.entries(
  AREAS,
).map(([area, checks]) => ({
  area,
  checks: Object.entries<Check>(checks).map(([id, check]) => ({ ...check, id: id as CheckId })),
}));
