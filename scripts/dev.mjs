// npm run dev: installs and builds what examples/orders needs, if it is missing, and runs it on this machine until Ctrl-C.
import { build, install } from './workspace.mjs';

install('@castore-dynamodb/example-orders');
build('examples/orders');
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// In this very process, so that a signal to it reaches the service.
await import('../examples/orders/dist/dev.js');
