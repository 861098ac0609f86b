export {
  EVENT_TABLE_EVENT_STORE_ID_KEY,
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_INITIAL_EVENT_INDEX_NAME,
  EVENT_TABLE_IS_INITIAL_EVENT_KEY,
  EVENT_TABLE_METADATA_KEY,
  EVENT_TABLE_PAYLOAD_KEY,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  EVENT_TABLE_TIMESTAMP_KEY,
} from './constants.js';
export {
  type AttributeDefinition,
  EVENT_TABLE_LAYOUTS,
  type EventTableDefinition,
  type EventTableLayout,
  eventTableDefinition,
  type KeySchemaElement,
} from './eventTableDefinition.js';
