import { isDeepStrictEqual } from 'node:util';

import { EventsModel, type Place } from './eventsModel.js';
import { agrees, apply, decide, type Outcome, type Write } from './write.js';

export interface FinishedWrite {
  write: Write;
  outcome: Outcome;
}

/**
 * Whether writes that ran at the same time did what they would have done one after the other, in some order. That makes
 * of exactly one winner, of whole groups and of named winners one question.
 */
export const explain = (before: EventsModel, finished: FinishedWrite[], after: EventsModel): boolean => {
  if (finished.length === 0) return isSame(before, after);
  return finished.some(({ write, outcome }, index) => {
    const decision = decide(before, write);
    if (!agrees(before, write, decision, outcome)) return false;
    const next = new EventsModel(before);
    apply(next, write, outcome);
    return explain(next, finished.toSpliced(index, 1), after);
  });
};

const isSame = (left: EventsModel, right: EventsModel): boolean => {
  const places: Place[] = [...left.places(), ...right.places()];
  return places.every(place => isDeepStrictEqual(left.at(place), right.at(place)));
};
