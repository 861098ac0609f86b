export {
  type AttributeDefinition,
  EVENT_TABLE_ATTRIBUTES,
  EVENT_TABLE_ENCODING_KEY,
  EVENT_TABLE_EVENT_STORE_ID_KEY,
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_INITIAL_EVENT_INDEX_NAME,
  EVENT_TABLE_IS_INITIAL_EVENT_KEY,
  EVENT_TABLE_LAYOUTS,
  EVENT_TABLE_METADATA_KEY,
  EVENT_TABLE_PAYLOAD_KEY,
  EVENT_TABLE_PK,
  EVENT_TABLE_PUSH_ID_KEY,
  EVENT_TABLE_REDACTIONS_KEY,
  EVENT_TABLE_SCHEMA_VERSION_KEY,
  EVENT_TABLE_SK,
  EVENT_TABLE_TIMESTAMP_KEY,
  type EventTableDefinition,
  type EventTableLayout,
  eventTableDefinition,
  type KeySchemaElement,
} from './eventTable.js';
export {
  type EventTableAction,
  type EventTableOperation,
  type EventTablePermissions,
  type EventTableResource,
  eventTableOperations,
} from './eventTableOperations.js';
export {
  LARGE_EVENTS_PREFIX,
  type LargeEventOperation,
  type LargeEventResource,
  largeEventOperations,
} from './largeEventOperations.js';
export {
  PROJECTION_TABLE_EXPIRES_AT_KEY,
  PROJECTION_TABLE_NO_VIEW_KEY,
  PROJECTION_TABLE_PK,
  PROJECTION_TABLE_POSITION_KEY,
  PROJECTION_TABLE_REVISION_KEY,
  PROJECTION_TABLE_SK,
  PROJECTION_TABLE_VALUE_KEY,
  type ProjectionTableDefinition,
  projectionTableDefinition,
} from './projectionTable.js';
export {
  SUBJECT_KEY_CONTEXT,
  type SubjectKeyOperation,
  type SubjectKeyResource,
  subjectKeyOperations,
} from './subjectKeyOperations.js';
