import type { EventDetail, EventStorageAdapter } from '@castore/core';

import { findEventStorage } from '../eventStorage.js';
import { type ContentProtection, type EventTransformation, isEvolution } from './transformation.js';

/**
 * Whose data is in which event: one map for all copies of this package. Not a member of the event, which may become part of
 * an aggregate or of another event.
 */
const SUBJECTS = Symbol.for('@castore-dynamodb/adapter/subjects');

const subjectsByEvent = (): WeakMap<object, readonly string[]> => {
  const shared = globalThis as { [SUBJECTS]?: WeakMap<object, readonly string[]> };
  shared[SUBJECTS] ??= new WeakMap();
  return shared[SUBJECTS];
};

export const markSubjects = (event: EventDetail, subjects: readonly string[]): EventDetail => {
  subjectsByEvent().set(event, subjects);
  return event;
};

/**
 * The subjects of an event whose data is in it, as the protection of its adapter calls them. Undefined if that is not known,
 * because somebody made the event of another one, or the adapter protects nothing.
 *
 * @example
 * const { events } = await customers.getEvents('customer-1');
 * const subjects = events.flatMap(event => subjectsOfEvent(event) ?? []);
 */
export const subjectsOfEvent = (event: EventDetail): readonly string[] | undefined => subjectsByEvent().get(event);

export const findProtection = (transformations: readonly EventTransformation[]): ContentProtection | undefined => {
  for (const transformation of transformations) {
    if (!isEvolution(transformation) && transformation.protection !== undefined) return transformation.protection;
  }
  return undefined;
};

/**
 * What keeps things that are made of an adapter's events as secret as the events; undefined if nothing does.
 *
 * @example
 * const protection = contentProtectionOf(customers.getEventStorageAdapter());
 * const sealed = await protection?.seal(new TextEncoder().encode('Ash'), ['customer-1'], 'reports/1');
 */
export const contentProtectionOf = (adapter: EventStorageAdapter | undefined): ContentProtection | undefined =>
  findEventStorage(adapter)?.transformer?.protection;
