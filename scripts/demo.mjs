// npm run demo: installs and builds what examples/git-history needs, if it is missing, and runs it with the arguments.
import { build, install } from './workspace.mjs';

const { npm_lifecycle_event: script, INIT_CWD: typedIn } = process.env;
const parent = process.ppid;

install('@castore-dynamodb/example-git-history');
build('examples/git-history');

if (script === 'demo') {
  // npm runs a script in the folder of package.json; a path is meant from where it was typed.
  if (typedIn) process.chdir(typedIn);
  // npm hands signals on, except for the one that it cannot catch. Without npm the demo is to end as well.
  const endWithNpm = () => process.ppid !== parent && process.kill(process.pid, 'SIGTERM');
  setInterval(endWithNpm, 500).unref();
}
// The SDK announces which version of Node it will need one day, in the middle of the progress bar.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// In this very process, so that a signal to it reaches the demo.
await import('../examples/git-history/dist/main.js');
