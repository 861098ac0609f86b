/** @jest-config-loader esbuild-register */
import { availableParallelism } from 'node:os';

import type { Config } from 'jest';

const config: Config = {
  testMatch: [
    '<rootDir>/{packages,examples,bench}/*/test/**/*.test.ts',
    '<rootDir>/docs/test/**/*.test.ts',
    '<rootDir>/test/**/*.test.ts',
  ],
  // What takes long, and of which a shorter test shows the same kind.
  testPathIgnorePatterns: ['/node_modules/', ...(process.env.TEST_PRESET === 'soak' ? [] : ['\\.soak\\.test\\.ts$'])],
  modulePathIgnorePatterns: ['/dist/'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
  },
  // Tests run on the sources; what the packages publish is tested from their tarballs.
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^@castore-dynamodb/testing/(.+)$': '<rootDir>/packages/testing/src/$1.ts',
    '^@castore-dynamodb/live/client$': '<rootDir>/packages/live/src/client/index.ts',
    '^@castore-dynamodb/([^/]+)$': '<rootDir>/packages/$1/src/index.ts',
  },
  // Looked up in Jest's sandbox, each of them takes as long as a small function, again and again in the AWS SDK.
  sandboxInjectedGlobals: [
    'Object',
    'Array',
    'Reflect',
    'String',
    'Number',
    'Math',
    'JSON',
    'Map',
    'Set',
    'Symbol',
    'Uint8Array',
    'Promise',
    'Error',
  ],
  globalSetup: '<rootDir>/packages/testing/src/startEngines.ts',
  globalTeardown: '<rootDir>/packages/testing/src/stopEngines.ts',
  // Half of a test's time goes by waiting: for an engine, for a program that starts.
  maxWorkers: availableParallelism() * 2,
  // Two static checks at a time, as many as there are processors in CI.
  maxConcurrency: 2,
  testSequencer: '<rootDir>/packages/testing/src/longestFirst.mjs',
  testTimeout: 30_000,
  reporters: ['default', '<rootDir>/packages/testing/src/reporter.mjs'],
  coverageProvider: 'v8',
};

export default config;
