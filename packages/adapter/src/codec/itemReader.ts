/** Reads items from the JSON of a response. Throws for what it does not know, and for what JavaScript cannot hold. */
export interface ItemReader {
  /** The items in parts. Their attributes are to be read by `valueOf`, before the next part. */
  parts(): Iterable<Record<string, unknown>[]>;
  /** The value of an attribute. */
  valueOf(attribute: unknown): unknown;
}
