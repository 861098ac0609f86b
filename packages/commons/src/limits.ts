/**
 * DynamoDB's limits, in bytes unless the name says otherwise.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
export const MAX_PARTITION_KEY_SIZE = 2048;
export const MAX_SORT_KEY_SIZE = 1024;
export const MAX_ITEM_SIZE = 400 * 1024;

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
export const MAX_TRANSACTION_ITEMS = 100;
export const MAX_TRANSACTION_SIZE = 4 * 1024 * 1024;

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
export const MAX_BATCH_GET_KEYS = 100;

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
export const MAX_BATCH_WRITE_ITEMS = 25;
