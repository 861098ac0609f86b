import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';

import { ifRevision, itemKey, newRevision } from '../checkpoints/dynamoDbCheckpointStore.js';
import { REVISION_KEY } from '../checkpoints/projectionTable.js';
import { type EncodedView, viewKey } from './viewItem.js';

type Item = Record<string, AttributeValue>;

/** The write of a view that fails where somebody else has written it since it was read. */
export const viewWrite = (
  tableName: string,
  projection: string,
  key: string,
  view: EncodedView | undefined,
  stored: Item | undefined,
): TransactWriteItem => {
  const Key = itemKey(viewKey(projection, key));
  const condition = ifRevision(stored?.[REVISION_KEY]?.S);
  // Where there was no view and is none, the condition alone is what matters: that there still is none.
  if (view === undefined) return { Delete: { TableName: tableName, Key, ...condition } };
  return {
    Put: {
      TableName: tableName,
      Item: { ...view.attributes, ...Key, [REVISION_KEY]: { S: newRevision() } },
      ...condition,
    },
  };
};
