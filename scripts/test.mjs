// npm test: builds, runs every static check and every Jest test, and ends with one line that counts them.
// Arguments go to Jest: `npm test -- packages/adapter`.
import { summary } from './testing/outcomes.mjs';
import { runBuild, runChecks } from './testing/runChecks.mjs';
import { runJest } from './testing/runJest.mjs';

const jestArguments = process.argv.slice(2);
const outcomes = [];

try {
  outcomes.push(await runBuild());
  if (outcomes[0].result === 'passed') {
    outcomes.push(...(await runChecks()));
    outcomes.push(...(await runJest(jestArguments)));
  } else {
    console.log('Without a build, no check and no test was run.');
  }
} catch (error) {
  outcomes.push({ name: 'npm test itself', result: 'failed', output: error.stack });
}

console.log(summary(outcomes));
process.exitCode = outcomes.every(({ result }) => result !== 'failed') ? 0 : 1;
