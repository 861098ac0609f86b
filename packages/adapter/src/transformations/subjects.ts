import type { EventDetail, EventStorageAdapter } from '@castore/core';
import { memberOf } from '@castore-dynamodb/commons';

import { findEventStorage } from '../eventStorage.js';
import { type ContentProtection, type EventTransformation, isEvolution } from './transformation.js';

/** Where an event says whose it is: a registered symbol, the same one in every copy, on a member that nobody enumerates. */
const SUBJECTS = Symbol.for('@castore-dynamodb/adapter/subjects');

export const markSubjects = (event: EventDetail, subjects: readonly string[]): EventDetail =>
  Object.defineProperty(event, SUBJECTS, { value: subjects, configurable: true });

/**
 * The subjects of an event whose data is in it, as the protection of its adapter calls them. Undefined if that is not known,
 * because somebody made the event of another one, or the adapter protects nothing.
 */
export const subjectsOfEvent = (event: EventDetail): readonly string[] | undefined =>
  memberOf(event, SUBJECTS) as readonly string[] | undefined;

export const findProtection = (transformations: readonly EventTransformation[]): ContentProtection | undefined => {
  for (const transformation of transformations) {
    if (!isEvolution(transformation) && transformation.protection !== undefined) return transformation.protection;
  }
  return undefined;
};

/** What keeps things that are made of an adapter's events as secret as the events; undefined if nothing does. */
export const contentProtectionOf = (adapter: EventStorageAdapter | undefined): ContentProtection | undefined =>
  findEventStorage(adapter)?.transformer?.protection;
