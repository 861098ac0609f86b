/**
 * What became of one check or one test.
 *
 * @typedef {{ name: string, result: 'passed' | 'failed', output?: string }
 *   | { name: string, result: 'skipped', reason: string }} Outcome
 */

const indent = text => text.trimEnd().replace(/^(?=.)/gm, '    ');

const listSkipped = outcomes => {
  const byReason = new Map();
  for (const { name, result, reason } of outcomes) {
    if (result === 'skipped') byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
  }
  return [...byReason].map(([reason, names]) => `Skipped, ${reason}:\n${indent(names.join('\n'))}\n`);
};

const listFailed = outcomes =>
  outcomes
    .filter(({ result }) => result === 'failed')
    .map(({ name, output }) => `Failed: ${name}\n${output ? `${indent(output)}\n` : ''}`);

/** What was skipped and why, what failed and how, and as the last line the counts. */
export const summary = outcomes => {
  const count = wanted => outcomes.filter(({ result }) => result === wanted).length;
  return [
    '',
    ...listSkipped(outcomes),
    ...listFailed(outcomes),
    `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`,
  ].join('\n');
};
