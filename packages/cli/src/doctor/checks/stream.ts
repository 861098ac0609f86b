import type { Projection } from '@castore-dynamodb/streams';

import { type Finding, problem } from '../finding.js';
import type { ExaminedTable } from '../subject.js';

const READABLE = ['NEW_IMAGE', 'NEW_AND_OLD_IMAGES'];

/** A stream that is missing, although projections read it, or that holds no new images. No request. */
export const checkStream = (
  { tableName, description, layout, eventStores }: ExaminedTable,
  projections: readonly Projection[],
): Finding[] => {
  if (description === undefined || layout === undefined) return [];
  const { StreamEnabled: isEnabled = false, StreamViewType: viewType = '' } = description.StreamSpecification ?? {};
  if (isEnabled && READABLE.includes(viewType)) return [];
  if (isEnabled) {
    return [
      problem('stream', {
        tableName,
        message: `The stream of ${tableName} holds ${viewType}, from which no event can be read.`,
        remedy: 'Switch it off, and on again with the view type NEW_IMAGE; then replay what was stored meanwhile.',
      }),
    ];
  }
  const readers = projections.filter(({ eventStoreIds }) =>
    eventStores.some(({ eventStoreId }) => eventStoreIds.includes(eventStoreId)),
  );
  const finding = problem('stream', {
    tableName,
    message:
      readers.length === 0
        ? `${tableName} has no stream.`
        : `${tableName} has no stream, and ${readers.map(({ name }) => name).join(', ')} is made of its events.`,
    remedy: 'Switch one on with the view type NEW_IMAGE; then replay what was stored before.',
  });
  return [readers.length === 0 ? { ...finding, severity: 'remark' } : finding];
};
