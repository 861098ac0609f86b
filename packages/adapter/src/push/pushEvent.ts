import type { EventDetail, OptionalTimestamp, PushEventOptions } from '@castore/core';
import { checkBoolean, checkOptions, type OptionNames } from '@castore-dynamodb/commons';

import { checkEventStoreId } from '../checks.js';
import type { EventStorage } from '../eventStorage.js';
import { checkEvent } from './checkEvent.js';
import { prepareEvent, pushMode } from './prepareEvent.js';
import { putEvent } from './putEvent.js';
import { refuseGaps } from './refuseGaps.js';

const OPTIONS = { eventStoreId: true, force: true } satisfies OptionNames<PushEventOptions>;

export const pushEvent = async (
  storage: EventStorage,
  event: OptionalTimestamp<EventDetail>,
  options: PushEventOptions,
): Promise<{ event: EventDetail }> => {
  checkOptions(options, 'options', OPTIONS);
  const { eventStoreId, force = false } = options;
  checkEventStoreId(storage.layout, eventStoreId, 'options.eventStoreId');
  checkBoolean(force, 'options.force');
  const given = checkEvent(storage.layout, eventStoreId, event, 'event');

  const mode = pushMode(force);
  const timestamp = given.timestamp ?? new Date().toISOString();
  const prepared = prepareEvent(storage, eventStoreId, { ...given, timestamp }, mode);
  await refuseGaps([{ storage, prepared }]);
  await putEvent(storage.dynamoDbClient, prepared, mode);
  return { event: prepared.event };
};
