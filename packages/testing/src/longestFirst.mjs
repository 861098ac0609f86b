// A Jest sequencer: what takes longest comes first, so that no worker is left with it alone at the end. Jest itself knows
// how long a file takes from earlier runs only, and orders them by their sizes on a new machine.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import Sequencer from '@jest/test-sequencer';

/** Those that take about ten seconds or more, of computing or of waiting: many of them are small files, and would come last. */
const LONGEST = [
  'test/staticChecks.test.ts',
  'packages/terraform-module/test/onEngines/eventTable.test.ts',
  'docs/test/site.test.ts',
  'packages/terraform-module/test/module.test.ts',
  'examples/git-history/test/program.test.ts',
  'packages/cli/test/interruption/interruption.test.ts',
  'packages/conformance/test/ourAdapters.test.ts',
  'packages/cli/test/everyCommand/terminal.test.ts',
  'packages/conformance/test/transformingAdapters.test.ts',
  'packages/cli/test/config.test.ts',
  'packages/cli/test/explorer/browser.test.ts',
  'examples/git-history/test/demo.test.ts',
  'examples/git-history/test/views.test.ts',
  'packages/local/test/leftovers.test.ts',
  'packages/adapter/test/faults/deadlines.test.ts',
  'packages/snapshots/test/deadlines.test.ts',
  'examples/git-history/test/explorer.test.ts',
  'examples/git-history/test/timeTravel.test.ts',
  'packages/adapter/test/model/programs.test.ts',
  'packages/local/test/readme.test.ts',
  'packages/cli/test/transfer/resume.test.ts',
  'examples/git-history/test/freshClone.test.ts',
  'packages/streams/test/poller/faults.test.ts',
  'packages/events/test/load.test.ts',
  'packages/cli/test/output.test.ts',
  'test/oneStreamHandler.test.ts',
];

const missing = LONGEST.find(file => !existsSync(join(import.meta.dirname, '..', '..', '..', file)));
if (missing !== undefined) throw new Error(`${missing} is not there: what takes its place among the longest files?`);

const rankOf = ({ path, context }) => {
  const file = path.slice(context.config.rootDir.length + 1).replaceAll('\\', '/');
  const position = LONGEST.indexOf(file);
  return position === -1 ? LONGEST.length : position;
};

export default class LongestFirst extends Sequencer {
  async sort(tests) {
    // oxlint-disable-next-line unicorn/no-array-sort -- a sequencer is not an array
    const sorted = await super.sort(tests);
    return sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}
