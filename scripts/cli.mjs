// npm run -s cli -- events FILES README.md: the command castore-dynamodb of this checkout, installed and built if that is missing.
import { build, install } from './workspace.mjs';

install();
build();

if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
await import('../packages/cli/dist/esm/main.js');
