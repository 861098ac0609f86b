export { type EventIssue, InvalidEventError } from './errors.js';
export {
  type EventStoreShapes,
  type OldEvent,
  shapesOf,
  type TypeShape,
  type Upcast,
  type Upcaster,
} from './eventStoreShapes.js';
export { type EvolutionOptions, evolution } from './evolution.js';
export { schemasOf } from './schemasOf.js';
export type { SchemaIssue, SchemaResult, StandardSchema } from './standardSchema.js';
