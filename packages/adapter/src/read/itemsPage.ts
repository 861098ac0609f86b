import type { Item } from '../codec/eventItem.js';

/** A page of items, as it goes to whoever decodes it. */
export interface ItemsPage {
  /** The JSON as it came, if nobody has looked at it; else what the SDK made of it. Undefined if the answer had none. */
  readonly Items: Buffer | Item[] | undefined;
  readonly Count: number;
  readonly LastEvaluatedKey: Item | undefined;
}
