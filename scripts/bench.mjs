// npm run bench: installs and builds what is missing, then measures, prints a table and writes bench/RESULTS.md.
import { build, install } from './workspace.mjs';

install();
build();

// The SDK announces which version of Node it will need one day, in every process that is measured.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
await import('../bench/dist/main.js');
