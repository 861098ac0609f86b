/**
 * A Jest reporter that says what was skipped and why, and ends with `N passed, N failed, N skipped`. A test that is
 * skipped without a reason fails the run: `it.skip('applies the module (skipped: needs terraform)', …)`.
 */
const REASON = /\(skipped: (.+)\)$|^skipped: (.+)$/;

const reasonIn = title => REASON.exec(title)?.slice(1).find(Boolean);

const LEFT_OUT = 'left out by the arguments';

const indent = text => text.replaceAll(/^(?=.)/gm, '    ');

export default class Reporter {
  #unexplained = [];

  /** Tests that are left out by the arguments need no reason. */
  #isNarrowed;

  constructor({ testNamePattern }) {
    this.#isNarrowed = Boolean(testNamePattern);
  }

  onRunComplete(_, { testResults, numPassedTests, numFailedTests }) {
    const skipped = testResults.flatMap(({ testResults: tests }) =>
      tests.filter(({ status }) => status !== 'passed' && status !== 'failed'),
    );
    const byReason = groupBy(skipped, this.#reasonOf);
    for (const [reason, tests] of byReason) {
      if (reason === LEFT_OUT) continue;
      console.log(`\nSkipped, ${reason}:\n${indent(tests.map(({ fullName }) => fullName).join('\n'))}`);
    }
    // The file itself may fail: it does not load, or something around its tests throws.
    const failedFiles = testResults.filter(({ testExecError }) => testExecError !== undefined);
    const failed = numFailedTests + failedFiles.length + this.#unexplained.length;
    const line = `${numPassedTests} passed, ${failed} failed, ${skipped.length - this.#unexplained.length} skipped`;
    // After Jest's own summary, which no reporter can follow.
    process.once('exit', () => console.log(line));
  }

  getLastError() {
    if (this.#unexplained.length === 0) return undefined;
    return new Error(`Skipped without a "(skipped: reason)" in the title:\n${this.#unexplained.join('\n')}`);
  }

  #reasonOf = ({ ancestorTitles, title, fullName }) => {
    const reason = [...ancestorTitles, title].map(reasonIn).find(Boolean);
    if (reason !== undefined) return reason;
    if (this.#isNarrowed) return LEFT_OUT;
    this.#unexplained.push(fullName);
    return 'without a reason';
  };
}

// Node 20 has no Map.groupBy.
const groupBy = (elements, keyOf) => {
  const groups = new Map();
  for (const element of elements) {
    const key = keyOf(element);
    groups.set(key, [...(groups.get(key) ?? []), element]);
  }
  return groups;
};
