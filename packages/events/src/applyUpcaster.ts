import type { EventShape } from '@castore-dynamodb/adapter';
import { cutText, isObject, memberOf } from '@castore-dynamodb/commons';

import type { Upcast, Upcaster } from './eventStoreShapes.js';

const MEMBERS = ['type', 'payload', 'metadata'];

/** Gets the part of the event that is at fault, and what the upcaster did, in a sentence. */
type Refuse = (path: string, problem: string, cause?: unknown) => never;

/** An event with what an upcaster changes of it. */
export const applyUpcaster = (upcaster: Upcaster, shape: EventShape, refuse: Refuse): EventShape => {
  const { type, payload, metadata } = shape;
  let change: unknown;
  try {
    change = upcaster({ type, payload, metadata });
  } catch (error) {
    return refuse('payload', 'failed.', error);
  }
  return { ...shape, ...checkUpcast(change, refuse) };
};

/** What an upcaster returned, if all of it can be taken over: the rest would be ignored in silence. */
const checkUpcast = (change: unknown, refuse: Refuse): Upcast => {
  refusePromise(change, () => refuse('payload', 'returned a promise; it must be synchronous.'));
  if (!isObject(change)) return refuse('payload', 'did not return an object.');
  const unknown = Object.keys(change).find(name => !MEMBERS.includes(name) && change[name] !== undefined);
  if (unknown !== undefined) {
    return refuse(
      'payload',
      `returned the member ${JSON.stringify(cutText(unknown, 100))}. It can change type, payload and metadata; ` +
        'return what belongs in one of them inside it: { payload: { … } }.',
    );
  }
  const { type, ...content } = change;
  for (const name of ['payload', 'metadata']) {
    refusePromise(content[name], () => refuse(name, `returned a promise as ${name}; it must be synchronous.`));
  }
  if (type === undefined) return content;
  return typeof type === 'string' && type !== '' ? { ...content, type } : refuse('type', 'made its type no name.');
};

/** Nobody waits for it: what it is rejected with must not end the process. */
const refusePromise = (value: unknown, refuse: () => never): void => {
  if (typeof memberOf(value, 'then') !== 'function') return;
  Promise.resolve(value).catch(() => {});
  refuse();
};
