import type { ForeignItem } from '../content.js';
import { type Finding, problem } from '../finding.js';

/** An item that no package of this project has written, or that lost what made it an event. */
export const foreignItemFinding = ({ tableName, partitionKey, sortKey }: ForeignItem): Finding =>
  problem('foreign-item', {
    tableName,
    message: `The item ${JSON.stringify(partitionKey)}, ${sortKey} of ${tableName} is neither an event nor a snapshot. No reader takes it for one.`,
    remedy:
      'Find out who writes there, and give it a table of its own. If it was an event, restore its type, timestamp and version from a backup.',
  });
