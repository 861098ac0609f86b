export type { Ability } from './check.js';
export type { CheckId } from './checks/index.js';
export { type DescribeEventStorageAdapterOptions, describeEventStorageAdapter } from './describeEventStorageAdapter.js';
export type { CreateAdapter } from './support/testStores.js';
export type { TestRunner } from './testRunner.js';
