/**
 * A DynamoDB value as the AWS SDK reads it, or as Lambda hands it to a function, with bytes in base64.
 *
 * @example
 * const image: StoredItem = { aggregateId: { S: 'pikachu-1' }, version: { N: '1' } };
 * const version: StoredValue | undefined = image.version;
 */
export interface StoredValue {
  S?: string | undefined;
  N?: string | undefined;
  B?: Uint8Array | string | undefined;
  BOOL?: boolean | undefined;
  NULL?: boolean | undefined;
  M?: Record<string, StoredValue> | undefined;
  L?: StoredValue[] | undefined;
  SS?: string[] | undefined;
  NS?: string[] | undefined;
  BS?: (Uint8Array | string)[] | undefined;
}

/** An item of a table, or the image of one in the table's stream. */
export type StoredItem = Record<string, StoredValue>;
