type Test = () => Promise<void>;

/** What the suite needs of a test runner: no more than this, so that it runs in any. Jest's and Vitest's fit as they are. */
export interface TestRunner {
  describe: (name: string, define: () => void) => unknown;
  it: {
    (name: string, test: Test, timeoutMs?: number): unknown;
    skip: (name: string, test: Test) => unknown;
  };
}

/** The runner whose `describe` and `it` are global: Jest's always, Vitest's with `globals: true`. */
export const globalTestRunner = (): TestRunner => {
  const { describe, it } = globalThis as Partial<TestRunner>;
  if (typeof describe !== 'function' || typeof it !== 'function') {
    throw new TypeError(
      'describeEventStorageAdapter found no global `describe` and `it`: pass those of your test runner as `runner: { describe, it }`.',
    );
  }
  return { describe, it };
};
