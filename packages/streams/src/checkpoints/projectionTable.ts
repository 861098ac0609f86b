/**
 * The table that projections keep their views, positions and parked aggregates in, and pollers and replays their
 * checkpoints: a partition key and a sort key, both strings, and nothing else. Any table of these keys will do.
 */
export const PROJECTION_TABLE_PK = 'pk';
export const PROJECTION_TABLE_SK = 'sk';

/** Attribute of every item: changes with every write, which is how two writers notice each other. */
export const REVISION_KEY = '_revision';

/** Attribute of checkpoints. */
export const VALUE_KEY = 'value';
